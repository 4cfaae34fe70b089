# The portal's image: web, worker and beat run from it; docker-compose.yml says how.
FROM node:22-bookworm-slim AS assets
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci

FROM python:3.12-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 LANG=C.UTF-8 DJANGO_SETTINGS_MODULE=config.settings.prod DATA_DIR=/data \
  STATIC_ROOT=/app/static-collected
WORKDIR /app
RUN apt-get update \
  && apt-get install -y --no-install-recommends \
    fonts-noto-cjk libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
  && rm -rf /var/lib/apt/lists/*
COPY requirements/base.txt requirements/base.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/base.txt
COPY scripts scripts
RUN apt-get update \
  && python -c 'from scripts import fonts; raise SystemExit(1 if fonts.ensure() else 0)' \
  && rm -rf /var/lib/apt/lists/*
COPY --from=assets /app/node_modules node_modules
# .dockerignore is a list of what goes in, so this is the portal and nothing else.
COPY . .
# The production settings ask for secrets; collecting files needs none, so these are made up here and forgotten.
RUN made_up="$(python -c 'import secrets; print(secrets.token_hex(32))')" \
  && SECRET_KEY="$made_up" FIELD_ENCRYPTION_KEY="$made_up" ALLOWED_HOSTS=localhost ALLOW_SQLITE=1 DATA_DIR=/tmp/data \
    python manage.py collectstatic --noinput \
  && rm -rf /tmp/data
RUN useradd --system --uid 10001 portal && mkdir /data && chown portal /data
USER portal
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", \
  "--threads", "4", "--timeout", "120", "--max-requests", "2000", "--max-requests-jitter", "200", \
  "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-"]
