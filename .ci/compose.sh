#!/usr/bin/env bash
# Deploys the bot as README.md says, with the Docker engine at hand: build, up,
# push, edit a rule on the host, see the new answer, reload by signal, down.
# Leaves no container, image or file behind.
set -euo pipefail
cd "$(dirname "$0")/.."
. .ci/push.sh

work=$(mktemp -d)
made_image= dockerd_pid=
project=wereply-ci-$$
image=golang:1.26-bookworm
export GOPROXY
GOPROXY=$(go env GOPROXY)

say() { printf '%s compose: %s\n' "$(date +%T)" "$*"; }
fail() { say "$*"; exit 1; }

cleanup() {
  local status=$?
  if [ -e "$work/src/.env" ]; then
    [ $status -eq 0 ] || compose logs --no-color --tail 50 2>&1 || true
    compose down --volumes --remove-orphans --rmi all >/dev/null 2>&1 || true
  fi
  [ -z "$made_image" ] || docker image rm --force "$image" >/dev/null 2>&1 || true
  # The build's first stage, which has no name.
  docker image prune --force --filter label=made-for="$project" >/dev/null 2>&1 || true
  [ -z "$dockerd_pid" ] || kill "$dockerd_pid" || true
  rm -rf "$work"
  exit $status
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# compose runs whichever of the two forms of the program is there.
compose() {
  if docker compose version >/dev/null 2>&1; then
    (cd "$work/src" && docker compose -p "$project" "$@")
  else
    (cd "$work/src" && docker-compose -p "$project" "$@")
  fi
}

ensure_docker() {
  command -v docker >/dev/null || apt_install docker.io
  docker compose version >/dev/null 2>&1 || command -v docker-compose >/dev/null || apt_install docker-compose
  docker info >/dev/null 2>&1 && return
  say "no Docker engine answers; starting one"
  dockerd >"$work/dockerd.log" 2>&1 &
  dockerd_pid=$!
  for _ in $(seq 60); do
    docker info >/dev/null 2>&1 && return
    sleep 0.5
  done
  cat "$work/dockerd.log" >&2
  fail "the Docker engine does not start"
}

apt_install() {
  say "installing $*"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

# base_image makes the Dockerfile's base image from this machine's Go where
# none can be pulled: toolchain, shell, certificates and the modules of go.mod.
base_image() {
  docker image inspect "$image" >/dev/null 2>&1 && return
  docker pull -q "$image" 2>/dev/null && { made_image=yes; return; }
  say "making $image from this machine's Go"
  made_image=yes
  local goroot shell libs
  goroot=$(go env GOROOT)
  shell=$(readlink -f /bin/sh)
  libs=$(ldd "$shell" | grep -o '/[^ ]*' | sed 's|^/||')
  [ -e /etc/ssl/certs/ca-certificates.crt ] || apt_install ca-certificates
  mkdir -p "$work/root/tmp" "$work/root/modules"
  GOMODCACHE=$work/modcache GOFLAGS=-modcacherw \
    GOPROXY=file://$(go env GOMODCACHE)/cache/download,$GOPROXY go mod download
  cp -r "$work/modcache/cache/download/." "$work/root/modules/"
  # shellcheck disable=SC2086 # libs is a list
  tar -C "$work/root" -chf - tmp modules \
    -C / --exclude="${goroot#/}/test" --exclude="${goroot#/}/api" \
    "${goroot#/}" bin/sh etc/ssl/certs/ca-certificates.crt $libs |
    docker import --change "ENV PATH=$goroot/bin:/bin" --change "LABEL made-for=$project" - "$image" >/dev/null
  GOPROXY=file:///modules
}

# container prints a field of the bot's container.
container() { docker inspect --format "$1" "$(compose ps -q bot)"; }

wait_healthy() {
  for _ in $(seq 120); do
    [ "$(container '{{.State.Health.Status}}')" = healthy ] && return
    sleep 0.5
  done
  container '{{json .State}}'
  fail "the container does not become healthy"
}

# logged waits until the bot's log holds a text.
logged() {
  for _ in $(seq 100); do
    [[ $(compose logs --no-color 2>&1) == *"$1"* ]] && return
    sleep 0.1
  done
  fail "the log does not say $1"
}

rule() { printf 'rules:\n  - name: probe\n    when: {keyword: probe}\n    reply: %s\n' "$1"; }

ensure_docker
mkdir "$work/src"
git ls-files -z | tar --null -T - -cf - | tar -C "$work/src" -xf -
token=ci-$RANDOM$RANDOM
cp -r examples/parrot "$work/src/bot"
sed -e "s/^WECHAT_TOKEN=.*/WECHAT_TOKEN=$token/" \
  -e 's|^#BOT_DIR=.*|BOT_DIR=./bot|' -e 's|^#PUBLISH=.*|PUBLISH=127.0.0.1:0|' .env.example >"$work/src/.env"
# Not the name of an image that this machine may be using.
printf 'services: {bot: {image: %s}}\n' "$project" >"$work/src/compose.override.yaml"
# Digits come first in the order of rule files.
probe=$work/src/bot/rules/0.yaml
rule first >"$probe"
chmod -R a+rX "$work"

base_image
say build
DOCKER_BUILDKIT=${DOCKER_BUILDKIT:-0} compose build
say up
compose up -d --no-build
wait_healthy
say "healthy; image of $(docker image inspect --format '{{.Size}}' "$(container '{{.Image}}')") bytes"
[ "$(container '{{.HostConfig.ReadonlyRootfs}} {{.Config.User}}')" = "true 65532:65532" ] ||
  fail "the container is not confined"

url=http://$(compose port bot 8080)/weixin
answers "$url" "$token" probe first
say "answers a signed push"
push "$url" not-the-token probe >/dev/null 2>&1 && fail "a push signed with another token was answered"

rule second >"$probe.new" && mv "$probe.new" "$probe"
answers "$url" "$token" probe second
say "answers by the new rule after a rename"
rule third >"$probe"
answers "$url" "$token" probe third
say "answers by the new rule after a write in place"
echo 'rules: [' >"$probe"
docker kill -s HUP "$(compose ps -q bot)" >/dev/null
logged 'rules/0.yaml:1'
answers "$url" "$token" probe third
rule fourth >"$probe"
docker kill -s HUP "$(compose ps -q bot)" >/dev/null
answers "$url" "$token" probe fourth
say "reloads on SIGHUP, keeps the old rules when a file is broken"

id=$(compose ps -q bot)
compose stop
[ "$(docker inspect --format '{{.State.ExitCode}}' "$id")" = 0 ] || fail "the bot did not end in order"
compose down
say passed
