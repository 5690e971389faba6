# One image for the API and the workers: `node src/cli/main.ts serve` and `node workers/main.ts`.

FROM node:24-bookworm-slim AS console
WORKDIR /app
COPY package.json package-lock.json ./
COPY web/package.json web/
# Building needs no binary of ours, so no install script runs.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY web web
RUN npm run build --if-present --workspace web && mkdir -p web/dist

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# Without the console's packages (built in), the embedded PostgreSQL (optional) and npm's Node (the image's is used).
RUN npm ci --omit=dev --omit=optional --ignore-scripts --workspaces=false --no-audit --no-fund

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4700 FAIRWAY_DIR=/var/lib/fairway
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json LICENSE ./
COPY src src
COPY connectors connectors
COPY mappings mappings
COPY workers workers
COPY migrations migrations
COPY --from=console /app/web/dist web/dist
# What FAIRWAY_DIR holds belongs to the user; the program stays root's, so a running service cannot change it.
RUN install -d -o node -g node -m 0700 /var/lib/fairway
USER node
EXPOSE 4700
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/cli/main.ts", "serve"]
