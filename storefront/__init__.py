"""The web page: files for a browser, a package only so that they are installed with the rest."""
