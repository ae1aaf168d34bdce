// libgit2 as Swift sees it. Debian 12 ships 1.5; only long-stable functions are used.
#ifndef TMINUS_CLIBGIT2_SHIM_H
#define TMINUS_CLIBGIT2_SHIM_H

#include <git2.h>

#endif
