"""board (表示盤): the boards of the hall and of each desk, the phone of whoever holds a number, how crowded it is; all of it live."""
