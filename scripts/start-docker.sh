#!/usr/bin/env bash
# Gives the Docker tests an engine and a stand-in image: installs and starts an engine where none answers, and makes the image from
# Debian packages where the real one cannot be pulled. For CI machines with Debian or Ubuntu, as root; running it again changes nothing.
#
# The stand-in has the same Python version, but is no Amazon Linux: tests with it prove how builds use Docker (copying, users,
# platforms, failures, same bytes), not what Amazon's compilers and libraries leave.
#
# scripts/stop-docker.sh ends the engine that was started here.
set -euo pipefail

image=public.ecr.aws/sam/build-python3.11
release=bookworm # Its Python is 3.11.
packages=python3,python3-pip,python3-dev,gcc,libc6-dev,ca-certificates
state=${CDK_LAMBDA_LAYERS_ENGINE:-/tmp/cdk-lambda-layers-engine}

say() { echo "start-docker: $* (${SECONDS} s)"; }

install_missing() {
  local package missing=()
  for package in "$@"; do
    dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends "${missing[@]}" >"$state/install.log" 2>&1 \
      || { tail -n 20 "$state/install.log" >&2; return 1; }
    say "installed ${missing[*]}"
  fi
}

engine_answers() { docker version >/dev/null 2>&1; }

start_engine() {
  local driver=vfs
  if can_mount_overlay; then
    driver=overlay2 # vfs copies the whole image for each container.
  fi
  setsid nohup dockerd --storage-driver="$driver" --pidfile="$state/dockerd.pid" >"$state/dockerd.log" 2>&1 </dev/null &
  local engine=$!
  until engine_answers; do
    if ! kill -0 "$engine" 2>/dev/null || [ "$SECONDS" -gt 120 ]; then
      echo 'start-docker: the engine does not start; its last lines:' >&2
      tail -n 20 "$state/dockerd.log" >&2
      return 1
    fi
    sleep 0.3
  done
  say "started dockerd with storage driver $driver, log $state/dockerd.log"
}

can_mount_overlay() {
  local probe
  probe=$(mktemp -d -p /var/lib) && mkdir "$probe"/{lower,upper,work,merged}
  local result=0
  mount -t overlay overlay -o "lowerdir=$probe/lower,upperdir=$probe/upper,workdir=$probe/work" "$probe/merged" 2>/dev/null || result=1
  umount "$probe/merged" 2>/dev/null || true
  rm -rf "$probe"
  return $result
}

make_stand_in() {
  local root=$state/root
  install_missing debootstrap debian-archive-keyring
  rm -rf "$root"
  debootstrap --variant=minbase --include="$packages" "$release" "$root" >"$state/debootstrap.log" 2>&1 \
    || { tail -n 20 "$state/debootstrap.log" >&2; return 1; }
  tar -C "$root" --exclude='./var/cache/apt/*' --exclude='./var/lib/apt/lists/*' --exclude='./usr/share/doc/*' --exclude='./usr/share/locale/*' \
    --create . | docker import - "$image" >/dev/null
  rm -rf "$root"
  say "made the stand-in image $image"
}

mkdir -p "$state"
if engine_answers; then
  say 'an engine answers already'
else
  install_missing docker.io ca-certificates
  start_engine
fi
if docker image inspect "$image" >/dev/null 2>&1; then
  say "the image $image is there already"
elif docker pull --quiet "$image" >/dev/null 2>&1; then
  say "pulled the real image $image"
else
  make_stand_in
fi
