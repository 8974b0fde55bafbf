"""What madoguchi promises, shown on this machine: each promise with a form in which its guard is gone and it must fail."""
