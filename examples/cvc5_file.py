"""Ask cvc5 about an SMT-LIB file: its Python package (``pip install cvc5``) comes without a program that does.

tunnelproof-certify --solver z3 --solver "python examples/cvc5_file.py" certificates/*
"""

import sys

import cvc5

solver = cvc5.Solver(cvc5.TermManager())
reader = cvc5.InputParser(solver)
reader.setFileInput(cvc5.InputLanguage.SMT_LIB_2_6, sys.argv[1])
while not (command := reader.nextCommand()).isNull():
    print(command.invoke(solver, reader.getSymbolManager()), end="")
