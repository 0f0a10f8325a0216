"""A filled-in sheet, each row and cell judged once: what in it can be relied on, in the right unit and with the right sign. What is told of it is the rules'."""
