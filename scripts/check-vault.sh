#!/bin/sh
# Checks the snapshots of a vault without cognito-backup: docs/FORMAT.md in a hundred lines of POSIX shell. A second pair of
# eyes for auditors, and the test that the format is what its page says.
#
#   check-vault.sh [-i IDENTITY] [-k PUBLIC_KEY] VAULT
#
#   -i   private key of age, for encrypted snapshots; without it their content is not looked at
#   -k   public key in PEM: every manifest must be signed with it
#
# VAULT is a folder; for S3: aws s3 sync s3://bucket/prefix ./vault
# Needs jq, gzip, sha256sum; age for -i, openssl 3 for -k. Exits 0 when all is sound, 1 when not, 2 when called wrongly.
set -eu

identity='' public_key=''
while getopts i:k: option; do
  case "$option" in
    i) identity="$OPTARG" ;;
    k) public_key="$OPTARG" ;;
    *) exit 2 ;;
  esac
done
shift $((OPTIND - 1))
[ $# -eq 1 ] && [ -f "$1/vault.json" ] || {
  echo "usage: check-vault.sh [-i IDENTITY] [-k PUBLIC_KEY] VAULT" >&2
  exit 2
}
vault="$1"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT INT TERM
failed=0 checked=0

problem() {
  printf '%s: %s\n' "$1" "$2" >&2
  failed=$((failed + 1))
}

hash_of() {
  sha256sum <"$1" | cut -d ' ' -f 1
}

# Everything but the fields named, as canonical JSON without a line end.
canonical() {
  jq -cS "del($2)" "$1" | tr -d '\n'
}

check_signature() {
  jq -er .signature.value "$1" >"$work/encoded" 2>/dev/null || { problem "$2" 'is not signed'; return; }
  base64 -d <"$work/encoded" >"$work/signature" 2>/dev/null || : >"$work/signature"
  { printf 'cognito-backup manifest v1\n'; canonical "$1" '.digest, .signature'; } >"$work/signed"
  openssl pkeyutl -verify -pubin -inkey "$public_key" -rawin -in "$work/signed" -sigfile "$work/signature" \
    >/dev/null 2>&1 || problem "$2" 'its signature is wrong'
}

# Unpacks a part to $work/plain; fails where nothing opens it.
unpack() {
  case "$1" in
    *.age) age -d -i "$identity" "$1" 2>/dev/null >"$work/opened" && gzip -dc <"$work/opened" >"$work/plain" 2>/dev/null ;;
    *) gzip -dc <"$1" >"$work/plain" 2>/dev/null ;;
  esac
}

check_part() {
  file="$1" name="$2" kind="$3" shard="$4" records="$5" size="$6" hash="$7" plain_size="$8" plain_hash="$9"
  [ -f "$file" ] || { problem "$name" 'is missing'; return; }
  [ "$(wc -c <"$file")" -eq "$size" ] || { problem "$name" 'has another size'; return; }
  [ "$(hash_of "$file")" = "$hash" ] || { problem "$name" 'its SHA-256 is another'; return; }
  case "$file" in *.age) [ -n "$identity" ] || return 0 ;; esac
  unpack "$file" || { problem "$name" 'cannot be opened'; return; }
  [ "$(wc -c <"$work/plain")" -eq "$plain_size" ] || problem "$name" 'unpacks to another size'
  [ "$plain_hash" = null ] || [ "$(hash_of "$work/plain")" = "$plain_hash" ] || problem "$name" 'its content is another'
  [ "$(wc -l <"$work/plain")" -eq "$records" ] || problem "$name" 'has another number of records'
  jq -c . <"$work/plain" >/dev/null 2>&1 || { problem "$name" 'holds a line that is not JSON'; return; }
  case "$kind" in
    users)
      jq -r .sub <"$work/plain" >"$work/subs"
      [ "$shard" = all ] || ! grep -qv "^$shard" "$work/subs" || problem "$name" 'holds a user of another shard'
      cat "$work/subs" >>"$work/all-subs"
      jq -r '"status \(.status)", (if .enabled then "enabled" else "disabled" end), (if .factors then "factors" else empty end)' <"$work/plain" >>"$work/tallies"
      ;;
    config) jq -r '"\(.kind) \(.key | @json)"' <"$work/plain" >>"$work/resources" ;;
    groups) jq -r '"group \(.name | @json)"' <"$work/plain" >>"$work/groups" ;;
    memberships)
      jq -r .sub <"$work/plain" >>"$work/member-subs"
      jq -r '"group \(.group | @json)"' <"$work/plain" >>"$work/member-groups"
      ;;
  esac
}

equal() {
  [ "$3" -eq "$4" ] || problem "$1" "states $4 $2, its parts hold $3"
}

lines_of() {
  wc -l <"$1" | tr -d ' '
}

check_totals() {
  manifest="$1" name="$2"
  sort "$work/all-subs" >"$work/sorted-subs"
  [ -z "$(uniq -d "$work/sorted-subs")" ] || problem "$name" 'a user comes twice'
  [ -z "$(sort "$work/groups" | uniq -d)" ] || problem "$name" 'a group comes twice'
  [ -z "$(sort "$work/resources" | uniq -d)" ] || problem "$name" 'a resource comes twice'
  jq -r '.configuration // {} | to_entries[] | "\(.key) \(.value)"' "$manifest" | sort >"$work/stated"
  cut -d ' ' -f 1 "$work/resources" | sort | uniq -c | sed 's/^ *\([0-9]*\) \(.*\)$/\2 \1/' | sort >"$work/held"
  cmp -s "$work/stated" "$work/held" || problem "$name" 'states another configuration than its part holds'
  orphans="$(sort "$work/member-subs" | join -v 1 - "$work/sorted-subs" | wc -l)"
  sort -u "$work/member-groups" >"$work/named-groups"
  [ -z "$(sort -u "$work/groups" | comm -13 - "$work/named-groups")" ] || problem "$name" 'a membership is in no group'
  equal "$name" users "$(lines_of "$work/all-subs")" "$(jq .totals.users "$manifest")"
  equal "$name" groups "$(lines_of "$work/groups")" "$(jq .totals.groups "$manifest")"
  equal "$name" orphans "$orphans" "$(jq .totals.orphans "$manifest")"
  equal "$name" memberships "$(($(lines_of "$work/member-subs") - orphans))" "$(jq .totals.memberships "$manifest")"
  for state in enabled disabled; do
    equal "$name" "$state" "$(grep -c "^$state$" "$work/tallies" || true)" "$(jq ".totals.$state" "$manifest")"
  done
  equal "$name" factors "$(grep -c '^factors$' "$work/tallies" || true)" "$(jq '.totals.factors // 0' "$manifest")"
  jq -r '.totals.byStatus | to_entries[] | "\(.key) \(.value)"' "$manifest" >"$work/stated"
  while read -r status count; do
    equal "$name" "$status" "$(grep -c "^status $status$" "$work/tallies" || true)" "$count"
  done <"$work/stated"
}

check_snapshot() {
  folder="$1" manifest="$1/manifest.json" name="${1#"$vault"/}"
  jq -e '.format == 1 and (.parts | type == "array")' "$manifest" >/dev/null 2>&1 ||
    { problem "$name" 'has no manifest of format 1'; return; }
  [ "$(canonical "$manifest" .digest | sha256sum | cut -d ' ' -f 1)" = "$(jq -r .digest "$manifest")" ] ||
    problem "$name" 'its digest does not match'
  [ "pools/$(jq -r .pool.id "$manifest")/snapshots/$(jq -r .snapshotId "$manifest")" = "$name" ] ||
    problem "$name" 'its manifest belongs to another snapshot'
  [ "$(jq -r .vaultId "$manifest")" = "$(jq -r .id "$vault/vault.json")" ] || problem "$name" 'it belongs to another vault'
  [ -z "$public_key" ] || check_signature "$manifest" "$name"
  jq -r '.parts[].path' "$manifest" >"$work/paths"
  if grep -Evq '^(pool\.json|config\.jsonl|groups\.jsonl|users/([0-9a-f]|all)-[0-9a-f]{8}-[0-9]{6}\.jsonl|memberships/[0-9]{1,2}-[0-9a-f]{8}-[0-9]{6}\.jsonl)\.gz(\.age)?$' "$work/paths"; then
    problem "$name" 'it names a part by no name of a part'
    return
  fi
  [ -z "$(sort "$work/paths" | uniq -d)" ] || problem "$name" 'it names a part twice'
  for list in all-subs tallies resources groups member-subs member-groups; do : >"$work/$list"; done
  jq -r '.parts[] | "\(.path) \(.kind) \(.shard) \(.records) \(.sizeBytes) \(.sha256) \(.plainBytes) \(.plainSha256)"' \
    "$manifest" >"$work/parts"
  before=$failed
  while read -r path kind shard records size hash plain_size plain_hash; do
    check_part "$folder/$path" "$name/$path" "$kind" "$shard" "$records" "$size" "$hash" "$plain_size" "$plain_hash"
  done <"$work/parts"
  if [ $failed -eq $before ]; then
    if jq -e '.encryption == null' "$manifest" >/dev/null || [ -n "$identity" ]; then check_totals "$manifest" "$name"; fi
  fi
  checked=$((checked + 1))
}

# The bytes that a line of hex digits stands for.
bytes_of() {
  read -r rest || return 0
  while [ -n "$rest" ]; do
    byte="${rest%"${rest#??}"}" rest="${rest#??}"
    printf '%b' "\\0$(printf %o "$((0x$byte))")"
  done
}

# Who was erased: each file by its digest, each hash made with the key that lies there.
check_erasures() {
  for file in "$vault"/erasures/*.json; do
    [ -f "$file" ] || continue
    name="${file#"$vault"/}"
    [ "$(canonical "$file" .digest | sha256sum | cut -d ' ' -f 1)" = "$(jq -r .digest "$file")" ] ||
      problem "$name" 'its digest does not match'
    [ "$(jq -r .vaultId "$file")" = "$(jq -r .id "$vault/vault.json")" ] || problem "$name" 'it belongs to another vault'
    [ "$name" != erasures/key.json ] || continue
    [ -f "$vault/erasures/key.json" ] || { problem "$name" 'the key of the erasures is missing'; continue; }
    [ "$(jq -r .key "$vault/erasures/key.json" | bytes_of | sha256sum | cut -d ' ' -f 1)" = "$(jq -r .keySha256 "$file")" ] ||
      problem "$name" 'it was made with another key'
  done
}

check_erasures
for manifest in "$vault"/pools/*/snapshots/*/manifest.json; do
  if [ -f "$manifest" ]; then check_snapshot "${manifest%/manifest.json}"; fi
done
[ $checked -gt 0 ] || [ $failed -gt 0 ] || { echo 'The vault holds no snapshot' >&2; exit 1; }
echo "$checked snapshots checked, $failed problems"
[ $failed -eq 0 ]
