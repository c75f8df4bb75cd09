"""Runs a program with one folder of packages and the standard library, and nothing else of the machine."""
import runpy
import sys

site, program = sys.argv[1:3]
sys.path.insert(0, site)
runpy.run_path(program, run_name='__main__')
