"""The demonstration shoot: photographs drawn by the program, scene by scene."""
