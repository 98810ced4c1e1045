/*
 * A realm of Arm CCA makes its first page empty, makes it RAM, writes it and reads it.
 *
 * The host may do a change of RIPAS in parts: RSI_IPA_STATE_SET tells in X1 how far it came, and the realm goes on from
 * there. It may refuse to make a page RAM, which ends the realm.
 */
#include "ringfence.h"

#define PAGE_SIZE 0x1000ULL
#define RSI_IPA_STATE_SET 0xC4000197ULL
#define RSI_SUCCESS 0
#define RSI_REJECT 1
#define RSI_CHANGE_DESTROYED 1

enum ripas { EMPTY, RAM };

static void change_ripas(ringfence_u64 base, ringfence_u64 top, enum ripas to)
{
    while (base != top) {
        struct ringfence_smc_registers regs = {
            .x0 = RSI_IPA_STATE_SET,
            .x1 = base,
            .x2 = top,
            .x3 = to,
            .x4 = RSI_CHANGE_DESTROYED,
        };

        ringfence_rsi(&regs);
        if (regs.x0 != RSI_SUCCESS || regs.x2 == RSI_REJECT)
            ringfence_panic_at("RSI_IPA_STATE_SET failed of GPA", base);
        base = regs.x1;
    }
}

RINGFENCE_EXPORT("entry")
void entry(void)
{
    ringfence_given_up(0);
    change_ripas(0, PAGE_SIZE, EMPTY);
    change_ripas(0, PAGE_SIZE, RAM);
    if (ringfence_store(0, RINGFENCE_DATA) != RINGFENCE_STORED)
        ringfence_panic("fault in a store to private GPA 0");
    if (ringfence_load(0) > RINGFENCE_LOADED_JUNK)
        ringfence_panic("fault in a load from private GPA 0");
}
