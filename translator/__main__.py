"""`python -m translator`: train, translate, evaluate."""

import sys

from translator.command import main

sys.exit(main())
