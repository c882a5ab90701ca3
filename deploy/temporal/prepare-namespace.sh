#!/bin/sh
# Registers the namespace and waits until workers can use it. TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and RETENTION (how long
# closed runs are kept) come from the environment.
set -eu

# An open port says little: the server listens before it serves, and knows a new namespace some seconds later.
attempts() {
  left=60
  until "$@" >/dev/null 2>&1; do
    left=$((left - 1))
    if [ "$left" -eq 0 ]; then
      echo "not within a minute: $*"
      exec "$@"
    fi
    sleep 1
  done
}

attempts temporal operator cluster health
temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
attempts temporal workflow list --namespace "$TEMPORAL_NAMESPACE" --limit 1
echo "namespace $TEMPORAL_NAMESPACE is ready"
