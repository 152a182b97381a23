// Runs a command and says what that process alone used: `spawned OUT COMMAND…` writes to the file OUT one line,
// "USER_SECONDS SYSTEM_SECONDS WALL_SECONDS MAX_RESIDENT_BYTES", and ends with the command's status.
//
// A program of its own because a process starts its peak of resident memory with that of the process it was forked
// from, and an interpreter that forks directly would report its own.
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec * 1e-6; }

static double wall(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: spawned OUT COMMAND...\n");
    return 2;
  }
  double start = wall();
  pid_t child = fork();
  if (child < 0) {
    perror("fork");
    return 1;
  }
  if (child == 0) {
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    _exit(127);
  }
  int status;
  struct rusage used;
  if (wait4(child, &status, 0, &used) < 0) {
    perror("wait4");
    return 1;
  }
  double elapsed = wall() - start;
  FILE *out = fopen(argv[1], "w");
  if (!out) {
    perror(argv[1]);
    return 1;
  }
  fprintf(out, "%.6f %.6f %.6f %ld\n", seconds(used.ru_utime), seconds(used.ru_stime), elapsed,
          used.ru_maxrss * 1024L);
  fclose(out);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
