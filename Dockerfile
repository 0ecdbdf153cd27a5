FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    DJANGO_SETTINGS_MODULE=tokdesk.settings.prod \
    TOKDESK_DATA=/app/var

RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin tokdesk
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .

# Only uploads outlive a container: static files belong to the image, or an upgrade would serve old
# ones. The values are for this one command; a container without its own does not start.
RUN TOKDESK_SECRET_KEY=only-for-collecting-static-files-while-the-image-is-built \
    TOKDESK_ALLOWED_HOSTS=build.invalid \
    TOKDESK_BASE_URL=https://build.invalid \
    EMAIL_URL=consolemail:// \
    TOKDESK_TRUSTED_PROXIES=1 \
    python manage.py collectstatic --no-input \
    && mkdir -p var/attachments \
    && chown -R tokdesk: var/attachments

USER tokdesk
VOLUME /app/var/attachments
EXPOSE 8000 8001
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "deploy/healthcheck.py"]
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "tokdesk.wsgi:application"]
