/* The disk of a proof: loaded before a program (LD_PRELOAD), it sees every write to files of one folder.
 *
 * It keeps a log of them (which file, where, what, and when the disk was told to be done with it), or lets the k-th one fail as a
 * full, read-only or broken disk does. Nothing else is changed. Controlled by disk_record, disk_note, disk_fail, disk_count.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static char folder[512];
static int log_fd = -1;
static long left = -1, seen = 0;
static int fault = 0, lasting = 0, active = 0;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

struct entry { uint32_t kind; uint32_t name; int64_t at; int64_t size; };
enum { WRITE = 1, TRUNCATE, SYNC, NOTE, UNLINK };

static int ours(int fd, char *name, size_t size) {
    char link[64];
    if (!active) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = syscall(SYS_readlink, link, name, size - 1);
    if (n <= 0) return 0;
    name[n] = 0;
    size_t m = strlen(folder);
    return strncmp(name, folder, m) == 0 && !strstr(name, "-shm");
}

static void put(uint32_t kind, const char *name, int64_t at, const void *data, int64_t size) {
    if (log_fd < 0) return;
    struct entry one = { kind, (uint32_t)strlen(name), at, size };
    struct iovec parts[3] = { { &one, sizeof one }, { (void *)name, strlen(name) }, { (void *)data, data ? (size_t)size : 0 } };
    syscall(SYS_writev, log_fd, parts, 3);
}

/* Whether this one fails. A disk that is full stays full; an error of the moment is gone afterwards. */
static int fails(void) {
    seen++;
    if (left < 0) return 0;
    if (left > 0) { left--; return 0; }
    if (!lasting) left = -1;
    errno = fault;
    return 1;
}

void disk_record(const char *where, const char *into) {
    pthread_mutex_lock(&lock);
    snprintf(folder, sizeof folder, "%s", where);
    log_fd = syscall(SYS_openat, AT_FDCWD, into, O_CREAT | O_TRUNC | O_WRONLY | O_APPEND, 0600);
    active = 1;
    pthread_mutex_unlock(&lock);
}

void disk_note(long number) {
    pthread_mutex_lock(&lock);
    put(NOTE, "", number, 0, 0);
    pthread_mutex_unlock(&lock);
}

void disk_fail(const char *where, long k, int with, int stays) {
    pthread_mutex_lock(&lock);
    snprintf(folder, sizeof folder, "%s", where);
    left = k; fault = with; lasting = stays; seen = 0; active = where[0] != 0;
    pthread_mutex_unlock(&lock);
}

long disk_count(void) { return seen; }

#define GUARDED(CALL, PUT)                                    \
    char name[1024];                                          \
    if (!ours(fd, name, sizeof name)) return CALL;            \
    pthread_mutex_lock(&lock);                                \
    if (fails()) { int e = errno; pthread_mutex_unlock(&lock); errno = e; return -1; } \
    long done = CALL;                                         \
    if (done >= 0) { PUT; }                                   \
    int kept = errno;                                         \
    pthread_mutex_unlock(&lock);                              \
    errno = kept;                                             \
    return done;

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    GUARDED(syscall(SYS_pwrite64, fd, data, size, at), put(WRITE, name, at, data, done))
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return pwrite64(fd, data, size, at); }
ssize_t write(int fd, const void *data, size_t size) {
    int64_t at = active ? syscall(SYS_lseek, fd, 0, SEEK_CUR) : 0;
    GUARDED(syscall(SYS_write, fd, data, size), put(WRITE, name, at, data, done))
}
int ftruncate64(int fd, off64_t size) { GUARDED(syscall(SYS_ftruncate, fd, size), put(TRUNCATE, name, size, 0, 0)) }
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }
int fsync(int fd) { GUARDED(active ? 0 : syscall(SYS_fsync, fd), put(SYNC, name, 0, 0, 0)) }
int fdatasync(int fd) { GUARDED(active ? 0 : syscall(SYS_fdatasync, fd), put(SYNC, name, 0, 0, 0)) }
