# To be sourced: `here apt-get ...` with the machine's own package sources, and everything that apt keeps below a directory.
# The machine's own package lists are not touched, and no root is needed.

# apt_here DIRECTORY TYPES: makes the directory; TYPES is "deb", or "deb deb-src" for source packages too.
apt_here() {
  apt=$1
  mkdir -p "$apt/parts" "$apt/lists/partial" "$apt/cache/archives/partial"
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    for type in $2; do
      [ ! -f "$file" ] || sed -n "s/^deb \(.*\)/$type \1/p" "$file" >> "$apt/parts/$(basename "$file" .list)-here.list"
    done
  done
  for file in /etc/apt/sources.list.d/*.sources; do
    [ ! -f "$file" ] || sed "s/^Types:.*/Types: $2/" "$file" > "$apt/parts/$(basename "$file")"
  done
}

here() {
  command=$1
  shift
  "$command" -qq \
    -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$apt/parts" \
    -o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt/cache" \
    -o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=true \
    -o APT::Update::Post-Invoke::= -o APT::Update::Post-Invoke-Success::= "$@"
}
