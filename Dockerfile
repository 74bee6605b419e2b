# The application, for every process of it: the command says which (docker-compose.yml).
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 TXHUB_VAR_DIR=/srv/var
WORKDIR /srv/txhub

COPY requirements/base.txt requirements/assets.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/base.txt \
    && pip install --no-cache-dir --require-hashes --no-deps -r requirements/assets.txt

COPY . .
# Compiled here once, and not by each process as it starts. Collecting static files asks for no
# service, but the settings ask for a secret.
RUN python -m compileall -q . && mkdir -p /srv/var && SECRET_KEY=build-only DATABASE_URL=sqlite:////tmp/none \
        python manage.py collectstatic --noinput --verbosity 0 \
    && useradd --system --no-create-home txhub && chown -R txhub /srv/var

USER txhub
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "4", "config.wsgi:application"]
