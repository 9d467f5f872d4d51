"""What a newsletter is: frozen values, standard library only, no disk, clock or network."""
