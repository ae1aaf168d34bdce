// libpq, opened when it is first needed. Linked to the program it would be loaded by every command, with Kerberos, LDAP
// and GnuTLS behind it: a fifth of the time that a command takes to start, for what only counts from PostgreSQL need.
#ifndef TMINUS_CLIBPQ_H
#define TMINUS_CLIBPQ_H

#if __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#else
#include <postgresql/libpq-fe.h>
#endif

// Its functions by their own names and types; only what is older than PostgreSQL 10.
#define PQ_FUNCTIONS(each)                                                                                     \
    each(PQclear) each(PQconnectPoll) each(PQconnectStartParams) each(PQconsumeInput) each(PQerrorMessage)     \
    each(PQfinish) each(PQflush) each(PQfname) each(PQftype) each(PQgetResult) each(PQgetisnull)               \
    each(PQgetvalue) each(PQisBusy) each(PQnfields) each(PQresultErrorField) each(PQresultErrorMessage)        \
    each(PQresultStatus) each(PQsendQueryParams) each(PQsetSingleRowMode) each(PQsocket) each(PQstatus)

struct pq_functions {
#define PQ_FIELD(name) __typeof__(name) *_Nonnull name;
    PQ_FUNCTIONS(PQ_FIELD)
#undef PQ_FIELD
};

// Opens libpq and fills `found`. NULL, or why it can't be used: a text of the loader's, good until this thread's next.
const char *_Nullable pq_open(struct pq_functions *_Nonnull found);

#endif
