# Keeps one component of a cluster running. The whole text is handed to `sh -c`, so a changed or removed checkout
# cannot disturb a running loop. It starts no program of its own while the component runs and holds about 1 MB.
#
#   arguments: <run directory> <component> <command> [arguments ...]
#   standard output and error: the component's log; CGROUPS: directories to move into, separated by blanks
#
# TERM: end the component, then the loop. USR1: start it again at once. State, one line of <run>/<component>.state:
#   <loop's pid> <its start> <component's pid or 0> <its start> <number of restarts> <last exit code or ->
# where a start is the kernel's clock tick of the process, which tells a pid from a later process with the same one.
run=$1 component=$2
shift 2
child=0 child_start=0 restarts=0 last=- stopping='' again='' delay=0

exec 9>>"$run/$component.loop" || exit 1
if ! flock -n 9; then
  echo "supervise: another loop keeps $component running" >&2
  exit 75
fi
for cgroup in ${CGROUPS:-}; do echo $$ 2>/dev/null >"$cgroup/cgroup.procs"; done
unset CGROUPS
# Like upstream's node agent: when memory runs out, pods go first. Children of containerd get values of their own.
echo -999 2>/dev/null >/proc/$$/oom_score_adj
ulimit -n "$(ulimit -H -n)"

started() { # pid -> $start
  start=0
  read -r stat 2>/dev/null <"/proc/$1/stat" || return 0
  # shellcheck disable=SC2086 # the fields behind the name are to be split
  set -- ${stat##*) }
  start=${20}
}
note() {
  echo "$$ $self_start $child $child_start $restarts $last" >"$run/$component.state.new" &&
    mv "$run/$component.state.new" "$run/$component.state"
}
seconds() { # since boot -> $now
  read -r now _ </proc/uptime
  now=${now%%.*}
}
pause() { # interruptible by a signal
  sleep "$1" 9>&- &
  sleeper=$!
  wait "$sleeper"
  kill "$sleeper" 2>/dev/null
}

trap '' HUP
trap 'stopping=yes; [ "$child" = 0 ] || kill -TERM "$child" 2>/dev/null' TERM INT
trap 'again=yes; [ "$child" = 0 ] || kill -TERM "$child" 2>/dev/null' USR1

started $$
self_start=$start
while [ ! "$stopping" ]; do
  rm -f "$run/$component.ready"
  seconds
  began=$now again=''
  "$@" 9>&- &
  child=$!
  # A signal that came before the pid was known.
  if [ "$stopping" ]; then kill -TERM "$child"; fi
  started "$child"
  child_start=$start
  note
  while :; do
    wait "$child"
    last=$?
    kill -0 "$child" 2>/dev/null || break # else a signal ended the wait
  done
  child=0 child_start=0
  [ "$stopping" ] && break
  restarts=$((restarts + 1))
  note
  seconds
  echo "supervise: $component ended with code $last after $((now - began)) s; it is started again" >&2
  # Start at once, unless it fails again and again: then wait 1, 2, 4 ... 30 seconds.
  if [ "$again" ] || [ $((now - began)) -ge 10 ]; then
    delay=0
  else
    [ "$delay" = 0 ] || pause "$delay"
    delay=$((delay == 0 ? 1 : delay * 2))
    [ "$delay" -le 30 ] || delay=30
  fi
done
rm -f "$run/$component.ready"
note
