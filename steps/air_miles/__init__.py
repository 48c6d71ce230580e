"""What the words of AIR MILES' scenarios do."""
