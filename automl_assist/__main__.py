"""Run the command line as ``python -m automl_assist``."""

from automl_assist.cli import main

if __name__ == "__main__":
    main()
