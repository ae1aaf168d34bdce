#include "Clibpq.h"

#include <dlfcn.h>

const char *pq_open(struct pq_functions *found) {
    // Never closed: OpenSSL and Kerberos, which come with it, don't bear that.
    void *library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    if (!library) return dlerror();
#define PQ_FIND(name) \
    void *at_##name = dlsym(library, #name); \
    if (!at_##name) return dlerror(); \
    found->name = (__typeof__(name) *)at_##name;
    PQ_FUNCTIONS(PQ_FIND)
#undef PQ_FIND
    return 0;
}
