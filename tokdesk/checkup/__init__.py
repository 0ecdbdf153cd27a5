"""Is this desk healthy? What `manage.py doctor` looks at, one function a part."""
