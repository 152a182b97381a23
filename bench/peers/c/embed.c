// The border between host and guest through the C interface of Lua 5.4 and of LuaJIT: one source, built twice.
//
//   embed         the engine as it starts (LuaJIT: with its JIT)
//   embed -joff   LuaJIT with its JIT off
//
// One row per operation: LABEL, NAME, median, least; tab-separated. Nanoseconds of CPU time per operation, medians of
// five; a name that ends in _bytes counts bytes of resident memory instead.
#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define REPETITIONS 5

static const char *label;

static const char *guest =
    "local find = string.find\n"
    "function empty() end\n"
    "function add2(a, b) return a + b end\n"
    "function on_line(l) if find(l, 'ERROR', 1, true) then emit(l) end end\n"
    "function ffi(n) local s = 0; local add = add; for i = 1, n do s = add(s, 1) end return s end\n"
    "function allocate(n) collectgarbage() local keep = {} for i = 1, n do keep[i % 16 + 1] = {a = i} end collectgarbage() end\n"
    "function yield_resume(n)\n"
    "  local resume = coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end return 0 end)\n"
    "  for i = 1, n do resume() end\n"
    "end\n"
    "local function descend(d, n)\n"
    "  if d == 0 then local s = 0; for i = 1, n do s = s + coroutine.yield(i) end return s end\n"
    "  return descend(d - 1, n) + 0\n"
    "end\n"
    "local function signal(depth, n)\n"
    "  local resume = coroutine.wrap(descend)\n"
    "  local v = resume(depth, n)\n"
    "  for i = 1, n do v = resume(v) end\n"
    "end\n"
    "function signal_depth_1(n) signal(1, n) end\n"
    "function signal_depth_1000(n) signal(1000, n) end\n";

static double cpu_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static void row(const char *name, double *each) {
  qsort(each, REPETITIONS, sizeof *each, by_value);
  printf("%s\t%s\t%.1f\t%.1f\n", label, name, each[REPETITIONS / 2], each[0]);
}

// Does BODY `count` times with `i` counting, five times over, and prints the row.
#define OPERATION(name, count, body)                                                                                   \
  do {                                                                                                                 \
    double each[REPETITIONS];                                                                                          \
    for (int k = 0; k < REPETITIONS; k++) {                                                                            \
      double start = cpu_seconds();                                                                                    \
      for (int i = 0; i < (count); i++) { body }                                                                       \
      each[k] = (cpu_seconds() - start) / (count) * 1e9;                                                               \
    }                                                                                                                  \
    row(name, each);                                                                                                   \
  } while (0)

static void fail(lua_State *L, const char *what) {
  fprintf(stderr, "embed: %s: %s\n", what, lua_tostring(L, -1));
  exit(1);
}

// Calls the guest's global `function` with `count`, which does that many operations by itself.
static void guest_loop(lua_State *L, const char *name, const char *function, int count) {
  double each[REPETITIONS];
  for (int k = 0; k < REPETITIONS; k++) {
    lua_getglobal(L, function);
    lua_pushnumber(L, count);
    double start = cpu_seconds();
    if (lua_pcall(L, 1, 0, 0)) fail(L, function);
    each[k] = (cpu_seconds() - start) / count * 1e9;
  }
  row(name, each);
}

static long resident_bytes(void) {
  long size = 0, resident = 0;
  FILE *f = fopen("/proc/self/statm", "r");
  if (!f) return 0;
  if (fscanf(f, "%ld %ld", &size, &resident) != 2) resident = 0;
  fclose(f);
  return resident * 4096;
}

static void bytes_row(const char *name, long before, int count) {
  double each = (double)(resident_bytes() - before) / count;
  printf("%s\t%s\t%.0f\t%.0f\n", label, name, each, each);
}

static size_t emitted;

static int emit(lua_State *L) {
  size_t n;
  (void)lua_tolstring(L, 1, &n);
  emitted += n;
  return 0;
}

static int add(lua_State *L) {
  lua_pushnumber(L, lua_tonumber(L, 1) + lua_tonumber(L, 2));
  return 1;
}

static const char *lines[4] = {
    "2026-01-01 INFO service started ok in 12ms",
    "2026-01-01 ERROR disk sda1 is full",
    "2026-01-01 DEBUG cache miss for key 8812",
    "2026-01-01 INFO request GET /index.html 200",
};

static void coroutine_bytes(lua_State *L) {
  const int count = 100000;
  luaL_checkstack(L, 100, "coroutines");
  if (luaL_loadstring(L, "return function(a) coroutine.yield(a) end")) fail(L, "coroutine");
  lua_call(L, 0, 1);
  int function = lua_gettop(L);
  lua_createtable(L, count, 0);
  lua_gc(L, LUA_GCCOLLECT, 0);
  long before = resident_bytes();
  for (int i = 0; i < count; i++) {
    lua_State *co = lua_newthread(L);
    lua_pushvalue(L, function);
    lua_xmove(L, co, 1);
    lua_pushnumber(co, 1);
#if LUA_VERSION_NUM >= 504
    int results;
    lua_resume(co, NULL, 1, &results);
#else
    lua_resume(co, 1);
#endif
    lua_rawseti(L, function + 1, i + 1);
  }
  bytes_row("fiber_bytes", before, count);
  lua_settop(L, function - 1);
}

int main(int argc, char **argv) {
  int jit_off = argc > 1 && strcmp(argv[1], "-joff") == 0;
  label = jit_off ? LABEL "-joff" : LABEL;
  lua_State *L = luaL_newstate();
  if (!L) return 1;
  luaL_openlibs(L);
  lua_register(L, "emit", emit);
  lua_register(L, "add", add);
  if (jit_off && luaL_dostring(L, "jit.off()")) fail(L, "jit.off");
  if (luaL_dostring(L, guest)) fail(L, "guest");

  size_t length[4];
  for (int i = 0; i < 4; i++) length[i] = strlen(lines[i]);
  lua_getglobal(L, "empty");
  int empty = lua_gettop(L);
  lua_getglobal(L, "add2");
  int add2 = lua_gettop(L);
  lua_getglobal(L, "on_line");
  int on_line = lua_gettop(L);

  OPERATION("call_empty", 2000000, {
    lua_pushvalue(L, empty);
    if (lua_pcall(L, 0, 0, 0)) fail(L, "empty");
  });
  OPERATION("call_add", 2000000, {
    lua_pushvalue(L, add2);
    lua_pushnumber(L, i);
    lua_pushnumber(L, 1);
    if (lua_pcall(L, 2, 1, 0)) fail(L, "add2");
    lua_settop(L, on_line);
  });
  OPERATION("handler_error", 1000000, {
    lua_pushvalue(L, on_line);
    lua_pushlstring(L, lines[i & 3], length[i & 3]);
    if (lua_pcall(L, 1, 0, 0)) fail(L, "on_line");
  });
  if (emitted == 0) return 1;
  guest_loop(L, "native_add", "ffi", 2000000);
  guest_loop(L, "alloc_collect", "allocate", 1000000);
  guest_loop(L, "yield_resume", "yield_resume", 500000);
  guest_loop(L, "signal_depth_1", "signal_depth_1", 200000);
  guest_loop(L, "signal_depth_1000", "signal_depth_1000", 200000);
  OPERATION("world_new", 200, {
    lua_State *other = luaL_newstate();
    if (other) lua_close(other);
  });
  OPERATION("world_new_libs", 100, {
    lua_State *other = luaL_newstate();
    if (other) {
      luaL_openlibs(other);
      lua_close(other);
    }
  });
  coroutine_bytes(L);
  // Kept open on purpose: what is counted is what 500 live states hold.
  long before = resident_bytes();
  for (int i = 0; i < 500; i++)
    if (!luaL_newstate()) return 1;
  bytes_row("world_bytes", before, 500);
  before = resident_bytes();
  for (int i = 0; i < 500; i++) {
    lua_State *other = luaL_newstate();
    if (!other) return 1;
    luaL_openlibs(other);
  }
  bytes_row("world_libs_bytes", before, 500);
  return 0;
}
