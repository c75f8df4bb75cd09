#!/usr/bin/env bash
# Ends the engine that scripts/start-docker.sh started, and no other. Its images stay.
set -euo pipefail

state=${CDK_LAMBDA_LAYERS_ENGINE:-/tmp/cdk-lambda-layers-engine}
pid_file=$state/dockerd.pid

if [ ! -f "$pid_file" ]; then
  echo 'stop-docker: no engine was started here'
  exit 0
fi
pid=$(<"$pid_file")
if [ "$(ps -o comm= -p "$pid")" = dockerd ]; then
  kill "$pid"
  for _ in $(seq 100); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.3
  done
fi
rm -f "$pid_file"
echo "stop-docker: ended dockerd $pid"
