#!/usr/bin/env bash
# Runs a command beside a real S3: Ceph's object gateway on one machine, in memory, on loopback, for that command alone.
#
#   scripts/ceph/with-rgw.sh npx vitest run --project real-s3
#
# The command finds COGNITO_BACKUP_TEST_S3, COGNITO_BACKUP_TEST_S3_REGION and the keys of a user (AWS_ACCESS_KEY_ID and
# AWS_SECRET_ACCESS_KEY) in its environment. Without a command the script prints them as JSON and stays until it is ended.
# Where COGNITO_BACKUP_TEST_S3 names an endpoint already, the command runs as it is.
#
# Everything is in one temporary folder and ends with this script: the daemons when it dies however it dies, the script
# when its parent does. Needs radosgw, ceph-mon, ceph-osd and ceph-common (Debian's packages, not their services), Linux,
# and no container. Measured on two cores with 16.2.15: ready after 13 s, 130 MB of memory, 40 MB on disk, and what is stored.
set -euo pipefail

if [[ -n "${COGNITO_BACKUP_TEST_S3:-}" ]] && (($# > 0)); then exec "$@"; fi

if [[ -z "${WITH_RGW_TIED:-}" ]]; then
  # The kernel ends this script with its parent.
  WITH_RGW_TIED=1 exec setpriv --pdeathsig TERM "${BASH_SOURCE[0]}" "$@"
fi
unset WITH_RGW_TIED

for tool in ceph ceph-mon ceph-osd radosgw radosgw-admin monmaptool ceph-authtool setpriv node; do
  if ! command -v "$tool" > /dev/null; then
    echo "$tool is missing: apt-get install --no-install-recommends radosgw ceph-mon ceph-osd ceph-common" >&2
    exit 3
  fi
done

folder="$(mktemp -d "${TMPDIR:-/tmp}/rgw-XXXXXX")"
pids=()
command_pid=''

finish() {
  local code=$?
  trap '' TERM INT HUP
  set +e
  [[ -n "$command_pid" ]] && kill -TERM "$command_pid" 2> /dev/null && wait "$command_pid" 2> /dev/null
  ((${#pids[@]} > 0)) && kill -KILL "${pids[@]}" 2> /dev/null
  wait 2> /dev/null
  rm -rf "$folder"
  exit "$code"
}
trap finish EXIT
trap 'exit 143' TERM HUP
trap 'exit 130' INT

fail() {
  echo "$1" >&2
  tail -n 20 "$folder"/log/*.log >&2 || true
  exit 1
}

# Everything is in memory: a daemon is killed, not asked.
daemon() {
  local name="$1"
  shift
  setpriv --pdeathsig KILL "$@" > "$folder/log/$name.log" 2>&1 < /dev/null &
  pids+=("$!")
}

# Tries until it works or a minute is over; a daemon that ended stops the wait.
await() {
  local what="$1" pid
  shift
  for ((tries = 0; tries < 240; tries += 1)); do
    "$@" > "$folder/log/await.log" 2>&1 && return
    for pid in "${pids[@]}"; do
      kill -0 "$pid" 2> /dev/null || fail "A daemon ended while waiting for $what"
    done
    sleep 0.25
  done
  fail "No $what after a minute"
}

free_port() {
  node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}

fsid="$(cat /proc/sys/kernel/random/uuid)"
mon_port="$(free_port)"
rgw_port="$(free_port)"
mkdir -p "$folder"/{log,run,mon,osd}
export CEPH_CONF="$folder/ceph.conf"
cat > "$CEPH_CONF" << CONF
[global]
fsid = $fsid
mon_initial_members = a
mon_host = [v2:127.0.0.1:$mon_port]
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_ipv6 = false
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
# Without keys there is nothing to encrypt with, and the gateway would insist.
ms_mon_client_mode = crc
keyring = $folder/keyring
run_dir = $folder/run
admin_socket = $folder/run/\$name.asok
log_to_file = false
log_to_stderr = true
mon_cluster_log_to_file = false
debug_default = 0
crash_dir = $folder/run

osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_warn_on_pool_no_redundancy = false
mon_data = $folder/mon
mon_data_avail_crit = 1
osd_data = $folder/osd
osd_objectstore = memstore
memstore_device_bytes = 2147483648
osd_op_num_shards = 2
osd_memory_target = 939524096

rgw_frontends = beast endpoint=127.0.0.1:$rgw_port
rgw_thread_pool_size = 64
rgw_dns_name = localhost
rgw_enable_usage_log = false
rgw_data = $folder/run
CONF

ceph-authtool --create-keyring "$folder/keyring" --gen-key -n mon. --cap mon 'allow *' > "$folder/log/setup.log" 2>&1
ceph-authtool "$folder/keyring" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *' \
  >> "$folder/log/setup.log" 2>&1
monmaptool --create --fsid "$fsid" --addv a "[v2:127.0.0.1:$mon_port]" "$folder/monmap" >> "$folder/log/setup.log" 2>&1
ceph-mon --mkfs -i a --monmap "$folder/monmap" --keyring "$folder/keyring" >> "$folder/log/setup.log" 2>&1 ||
  fail 'The monitor cannot make its store'
daemon mon ceph-mon -f -i a
await 'monitor' timeout 5 ceph --connect-timeout 3 mon stat

osd_fsid="$(cat /proc/sys/kernel/random/uuid)"
ceph osd new "$osd_fsid" >> "$folder/log/setup.log" 2>&1
ceph-osd --mkfs -i 0 --osd-uuid "$osd_fsid" >> "$folder/log/setup.log" 2>&1 || fail 'The disk in memory cannot be made'
daemon osd ceph-osd -f -i 0
osd_is_up() {
  timeout 10 ceph osd stat | grep -q '1 up'
}
await 'disk' osd_is_up

daemon rgw radosgw -f -n client.admin
rgw_answers() {
  node -e "fetch('http://127.0.0.1:$rgw_port').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
}
await 'gateway' rgw_answers
user="$(radosgw-admin user create --uid=tests --display-name=tests 2>> "$folder/log/setup.log")" ||
  fail 'The gateway makes no user'

eval "$(node -e '
  const [key] = JSON.parse(process.argv[1]).keys;
  console.log(`export AWS_ACCESS_KEY_ID=${key.access_key} AWS_SECRET_ACCESS_KEY=\x27${key.secret_key}\x27`);
' "$user")"
export COGNITO_BACKUP_TEST_S3="http://127.0.0.1:$rgw_port"
export COGNITO_BACKUP_TEST_S3_REGION='us-east-1'
echo "Ceph $(ceph --version | cut -d' ' -f3) answers at $COGNITO_BACKUP_TEST_S3 after $SECONDS s" >&2
if (($# == 0)); then
  node -e '
    const { COGNITO_BACKUP_TEST_S3: endpoint, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = process.env;
    console.log(JSON.stringify({ endpoint, region: "us-east-1", accessKeyId, secretAccessKey }));
  '
  setpriv --pdeathsig TERM sleep infinity &
else
  setpriv --pdeathsig TERM env -u CEPH_CONF "$@" &
fi
command_pid=$!
wait "$command_pid" && code=0 || code=$?
command_pid=''
exit "$code"
