"""Drawing land needs libraries that only the build has; without them its tests are not collected."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("rasterio") and find_spec("shapely") else ["test_land.py", "test_check.py"]
