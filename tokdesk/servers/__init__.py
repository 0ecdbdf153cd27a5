"""What Daphne and gunicorn answer by themselves, before Django sees a request."""
