#!/bin/sh
# Started by `unshare` in a mount and process namespace of its own: makes the file system look like Lambda's, then runs a command in it.
#
#   enter.sh WORK LANG RUNTIME CODE HOME EMULATOR BOOTSTRAPS COMMAND…
#
# WORK is a folder on this machine with the folders `var`, still empty, and `opt`, what the layers hold. All mounts end with the namespace.
set -eu
work=$1 lang=$2 runtime=$3 code=$4 home=$5 emulator=$6 bootstraps=$7
shift 7

# The number that this process, and the command in its place, has outside: the old /proc still tells it.
read -r pid _ < /proc/self/stat
echo "$pid" >&3
exec 3>&-

cover() { mount -t tmpfs -o "$1,nosuid,nodev" tmpfs "$2"; }
# Flags that a mount has already may not be dropped by whoever is not root outside, so they are named.
show() { mount --bind "$1" "$2" && mount -o remount,bind,ro,nosuid,nodev "$2"; }

# All is put together aside, because /var may cover what is shown in it.
var=$work/var
cover mode=755 "$var"
mkdir "$var/lang" "$var/runtime" "$var/task" "$var/rapid"
show "$lang" "$var/lang"
show "$runtime" "$var/runtime"
show "$code" "$var/task"
cp "$emulator" "$var/rapid/aws-lambda-rie"
cp "$bootstraps/bootstrap" "$var/rapid/bootstrap"
[ ! -e "$var/runtime/bootstrap.py" ] || show "$bootstraps/bootstrap.py" "$var/runtime/bootstrap.py"
# What the interpreter of this machine has besides its own library, a function must not find.
for packages in "$var"/lang/lib/python3*/site-packages "$var"/lang/lib/python3*/dist-packages "$var"/lang/local/lib/python3*/dist-packages; do
  [ ! -d "$packages" ] || cover ro,mode=555 "$packages"
done

mount --rbind "$var" /var
show "$work/opt" /opt
mount -t proc proc /proc
# Neither settings and credentials of whoever runs the tests, nor files to write to, except in /tmp.
for folder in /home /root "$home"; do
  [ ! -d "$folder" ] || cover ro,mode=555 "$folder"
done
mount -o remount,bind,ro /
cover mode=1777 /tmp

cd /var/task
exec "$@"
