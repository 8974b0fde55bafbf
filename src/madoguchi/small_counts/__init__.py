"""Which counts may leave the office (少人数の秘匿), for every room that publishes some: by tables together, or row by row."""
