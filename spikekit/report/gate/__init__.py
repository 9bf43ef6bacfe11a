"""A gate's answer and the problems of files, as CI shows them: log, Markdown, JUnit, marks beside lines."""
