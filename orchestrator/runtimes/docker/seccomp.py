"""Which system calls an isolated container may make: those of a server, and none that open a connection.

The network between dashboards is closed already, but a container could still come round by its gateway to
the ports that the engine publishes for others. Without `connect`, and without sending to an address, nothing
gets out at all, however the program is broken into. It needs neither root on the host nor rules in a
firewall, and it holds after any restart.

An allow-list, like the engine's own profile, and narrower. What is missing here is refused with EPERM.
"""

import json
from functools import cache
from typing import Any

_ENOSYS = 38
# CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
_NEW_NAMESPACES = 0x7E020000
_FAMILIES = (1, 2, 10)  # AF_UNIX, AF_INET, AF_INET6

_FILES = """
    access chdir chmod chown close close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2
    fadvise64 fallocate fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl fdatasync fgetxattr
    flistxattr flock fstat fstatfs fsync ftruncate futimesat getcwd getdents getdents64 getxattr
    inotify_add_watch inotify_init inotify_init1 inotify_rm_watch ioctl lchown lgetxattr
    link linkat listxattr llistxattr lseek lstat memfd_create mkdir mkdirat newfstatat open openat openat2
    pipe pipe2 pread64 preadv preadv2
    pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv rename renameat renameat2 rmdir
    sendfile splice stat statfs statx symlink symlinkat sync_file_range tee truncate umask unlink unlinkat
    utime utimensat utimes write writev
"""
_MEMORY = """
    brk madvise membarrier mincore mlock mlock2 mlockall mmap mprotect mremap msync munlock munlockall munmap
"""
_PROCESSES = """
    alarm capget capset execve execveat exit exit_group fork futex futex_waitv get_robust_list
    getcpu getegid geteuid getgid getgroups getpgid getpgrp getpid getppid getpriority getresgid
    getresuid getrlimit getrusage getsid gettid getuid kill pause pidfd_open pidfd_send_signal prctl prlimit64
    rseq rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend
    rt_sigtimedwait rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min sched_getaffinity
    sched_getattr sched_getparam sched_getscheduler sched_setaffinity sched_yield set_robust_list
    set_tid_address setgid setgroups setitimer setpgid setpriority setresgid setresuid setrlimit setsid setuid
    sigaltstack tgkill tkill vfork wait4 waitid
"""
_TIME = """
    clock_getres clock_gettime clock_nanosleep getitimer gettimeofday nanosleep time timer_create timer_delete
    timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime times
"""
_SYSTEM = "arch_prctl getrandom restart_syscall sysinfo syslog uname"
_WAITING = """
    epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2 poll ppoll
    pselect6 select signalfd signalfd4
"""
_SERVING = """
    accept accept4 bind getpeername getsockname getsockopt listen recvfrom recvmmsg recvmsg setsockopt
    shutdown socketpair
"""
_FREELY = (_FILES, _MEMORY, _PROCESSES, _TIME, _SYSTEM, _WAITING, _SERVING)

_ALLOW = {"action": "SCMP_ACT_ALLOW"}
_MACHINES = ("SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64", "SCMP_ARCH_PPC64LE", "SCMP_ARCH_RISCV64")


@cache
def no_way_out() -> str:
    """The profile, as engines take it."""
    rules: list[dict[str, Any]] = [
        {"names": sorted(name for group in _FREELY for name in group.split()), **_ALLOW},
        # To whom a socket is connected already: an answer. An address would open a new way.
        {"names": ["sendto"], "args": [_equals(4, 0)], **_ALLOW},
        *({"names": ["socket"], "args": [_equals(0, family)], **_ALLOW} for family in _FAMILIES),
        {
            "names": ["clone"],
            "args": [{"index": 0, "value": _NEW_NAMESPACES, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}],
            **_ALLOW,
        },
        # Its flags lie in memory, where no filter sees them. The C library then takes clone.
        {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": _ENOSYS},
    ]
    return json.dumps(
        {
            "defaultAction": "SCMP_ACT_ERRNO",
            # None but a machine's own calls: those of its 32-bit ancestors would be ways around.
            "archMap": [{"architecture": machine, "subArchitectures": []} for machine in _MACHINES],
            "syscalls": rules,
        },
        separators=(",", ":"),
    )


def _equals(argument: int, value: int) -> dict[str, Any]:
    return {"index": argument, "value": value, "valueTwo": 0, "op": "SCMP_CMP_EQ"}
