"""What was found, for people and for machines: words and charts in a terminal, one HTML file, what CI reads.

Everything is made of ``palette`` (colours and lights), ``figures`` (how numbers are said), ``screen`` (lines of a
terminal) and ``paper`` (a page and its templates); ``chart`` draws. Each subject has its room, in which ``terminal``
and ``page`` show it and ``reading`` says what both show. Rooms use what everything is made of, not each other; only
``history``, which shows whatever was kept, opens the rooms of runs and searches.
"""
