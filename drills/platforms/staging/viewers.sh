# Becomes a program whose answers reach every operator's viewers: VIEWERS GATEWAY ARGV...
# They come from addresses of the host beyond wan, and a default route leads elsewhere, or there is none. Laid again when
# an address comes: a container that was taken off wan for a while comes back to it without.
viewers=$1 gateway=$2
shift 2
lead() { ip route replace "$viewers" via "$gateway" 2>/dev/null; }
ip monitor address | while read -r _; do lead; done &
lead
exec "$@"
