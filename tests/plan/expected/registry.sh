#!/bin/sh
# Builds on this machine, one job after the other.
# Update: dfrender plan -p ci --set registry=example.azurecr.io Dockerfile.j2 --handover registry --format sh
# Note: a cache in a registry needs a builder of the docker-container driver, or an engine that keeps its images in containerd (the default since Docker 29)
set -eu
export DOCKER_BUILDKIT=1
docker buildx inspect dfrender > /dev/null 2>&1 || docker buildx create --name dfrender --driver docker-container > /dev/null

dfrender render -p ci --set registry=example.azurecr.io Dockerfile.j2

# builder-base
docker buildx build \
  --builder=dfrender \
  --file=Dockerfile.ci \
  --target=builder-base \
  --cache-from=type=registry,ref=example.azurecr.io/builder-base:buildcache \
  --cache-to=type=registry,ref=example.azurecr.io/builder-base:buildcache,mode=max \
  --tag=example.azurecr.io/builder-base:latest \
  --push \
  .

# development
docker buildx build \
  --builder=dfrender \
  --file=Dockerfile.ci \
  --target=development \
  --build-arg=IMAGE_TAG=latest \
  --cache-from=type=registry,ref=example.azurecr.io/development:buildcache \
  --cache-to=type=registry,ref=example.azurecr.io/development:buildcache,mode=max \
  --tag=example.azurecr.io/development:latest \
  --push \
  .

# unit-tests
docker buildx build \
  --builder=dfrender \
  --file=Dockerfile.ci \
  --target=unit-tests \
  --build-arg=IMAGE_TAG=latest \
  --tag=example.azurecr.io/unit-tests:latest \
  --output=type=cacheonly \
  .

# integration-tests
docker buildx build \
  --builder=dfrender \
  --file=Dockerfile.ci \
  --target=integration-tests \
  --build-arg=IMAGE_TAG=latest \
  --tag=example.azurecr.io/integration-tests:latest \
  --output=type=cacheonly \
  .

# production
docker buildx build \
  --builder=dfrender \
  --file=Dockerfile.ci \
  --target=production \
  --build-arg=IMAGE_TAG=latest \
  --tag=example.azurecr.io/production:latest \
  --output=type=cacheonly \
  .
