"""Stands for /var/runtime/bootstrap.py of Lambda's images: puts the layers on the search path, then runs AWS's runtime interface client."""
import os
import site
import sys

SITE_PACKAGES = "lib/python%d.%d/site-packages" % sys.version_info[:2]
TASK = os.environ["LAMBDA_TASK_ROOT"]
LAYERS = ["/opt/python/" + SITE_PACKAGES, "/opt/python"]

# In place of the folder of this script, which PYTHONPATH names anyway.
sys.path[:1] = [TASK, *LAYERS, "/var/lang/" + SITE_PACKAGES]
for folder in [TASK, *LAYERS]:
    if os.path.isdir(folder):
        site.addsitedir(folder)

from awslambdaric.__main__ import main

main([sys.argv[0], os.environ["_HANDLER"]])
