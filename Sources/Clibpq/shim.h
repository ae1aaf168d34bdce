// libpq as Swift sees it. Debian 12 ships 15; only long-stable functions are used.
#ifndef TMINUS_CLIBPQ_SHIM_H
#define TMINUS_CLIBPQ_SHIM_H

#include <libpq-fe.h>

#endif
