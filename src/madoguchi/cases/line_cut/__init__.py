"""Working while the line is cut (回線断): what a branch did on its own, and how the centre takes it in."""
