/*
 * What code that Ringfence checks can call. Freestanding: no libc, no other header.
 *
 * Each RINGFENCE_IMPORT is a function that the routine `wasm` provides; docs/real-code.md says to which operations of
 * the machine each maps. All else here is made of them.
 */
#ifndef RINGFENCE_H
#define RINGFENCE_H

typedef unsigned char ringfence_u8;
typedef unsigned short ringfence_u16;
typedef unsigned int ringfence_u32;
typedef unsigned long long ringfence_u64;

#define RINGFENCE_IMPORT(library, name) __attribute__((import_module(library), import_name(name)))
#define RINGFENCE_EXPORT(name) __attribute__((export_name(name), used))

/* ---- library "ringfence": on every protection ---- */

/* What is in a page, as far as it matters: whose it is, and older or newer. */
enum ringfence_value {
    RINGFENCE_ZERO,
    RINGFENCE_HOST,
    RINGFENCE_LAUNCH,
    RINGFENCE_DATA,
    RINGFENCE_NEWER,
    RINGFENCE_INNER
};

/* What a load gives: one of enum ringfence_value, or what follows. */
enum ringfence_loaded {
    RINGFENCE_LOADED_JUNK = 6,
    RINGFENCE_LOADED_VIRTUALIZATION_EXCEPTION = 7,
    RINGFENCE_LOADED_PAGE_NOT_VALIDATED = 8
};

enum ringfence_stored {
    RINGFENCE_STORED = 0,
    RINGFENCE_STORED_VIRTUALIZATION_EXCEPTION = 1,
    RINGFENCE_STORED_PAGE_NOT_VALIDATED = 2
};

/* Reads the page at a guest physical address, through its private or its shared mapping. */
RINGFENCE_IMPORT("ringfence", "load") int ringfence_load(ringfence_u64 gpa);
RINGFENCE_IMPORT("ringfence", "load_shared") int ringfence_load_shared(ringfence_u64 gpa);

/* Writes one of enum ringfence_value to all of the page. */
RINGFENCE_IMPORT("ringfence", "store") int ringfence_store(ringfence_u64 gpa, int value);
RINGFENCE_IMPORT("ringfence", "store_shared") int ringfence_store_shared(ringfence_u64 gpa, int value);

/* Zeroes a page that was made private: no write that anybody is owed. */
RINGFENCE_IMPORT("ringfence", "scrub") int ringfence_scrub(ringfence_u64 gpa);

/* States intent: from here on the code takes the page for accepted, hence zero; or gives up what it has there. */
RINGFENCE_IMPORT("ringfence", "taken_for_accepted") void ringfence_taken_for_accepted(ringfence_u64 gpa);
RINGFENCE_IMPORT("ringfence", "given_up") void ringfence_given_up(ringfence_u64 gpa);

/* One of 0 to options - 1: every one is explored. */
RINGFENCE_IMPORT("ringfence", "choose") int ringfence_choose(int options);

/* Takes and gives back the lock of this name, which the case declares. */
RINGFENCE_IMPORT("ringfence", "lock") void ringfence_lock(const char *name);
RINGFENCE_IMPORT("ringfence", "unlock") void ringfence_unlock(const char *name);

/* Gives up. */
RINGFENCE_IMPORT("ringfence", "panic") _Noreturn void ringfence_panic(const char *reason);
RINGFENCE_IMPORT("ringfence", "panic_at") _Noreturn void ringfence_panic_at(const char *reason, ringfence_u64 where);

/* ---- library "tdx": a TD's code ---- */

/* The registers of a TDCALL: before it, and after it. */
struct ringfence_tdx_registers {
    ringfence_u64 rax, rcx, rdx, r8, r9, r10, r11, r12, r13, r14, r15;
};

RINGFENCE_IMPORT("tdx", "tdcall") void ringfence_tdcall(struct ringfence_tdx_registers *registers);

/* ---- library "snp": code of an SNP guest ---- */

/* What the instructions give where it is not EAX. */
enum ringfence_snp_fault {
    RINGFENCE_SNP_UNCHANGED = 0x100,          /* PVALIDATE: EAX 0 with the carry flag */
    RINGFENCE_SNP_GENERAL_PROTECTION = 0x200, /* #GP(0) */
    RINGFENCE_SNP_PAGE_NOT_VALIDATED = 0x300  /* #VC 0x404 */
};

/* PVALIDATE; size 0 is 4K, 1 is 2M. */
RINGFENCE_IMPORT("snp", "pvalidate") int ringfence_pvalidate(ringfence_u64 gpa, int size, int validate);

/* RMPADJUST with this RDX. */
RINGFENCE_IMPORT("snp", "rmpadjust") int ringfence_rmpadjust(ringfence_u64 gpa, int size, ringfence_u64 rdx);

/* INVLPGB with TLBSYNC: every CPU of the guest forgets its translations. */
RINGFENCE_IMPORT("snp", "invlpgb") void ringfence_invlpgb(void);

/* VMGEXIT with this GHCB, a page laid out as the specification says. */
RINGFENCE_IMPORT("snp", "vmgexit") void ringfence_vmgexit(void *ghcb);

/* VMGEXIT by the GHCB MSR: a request, and the response. */
RINGFENCE_IMPORT("snp", "msr_vmgexit") ringfence_u64 ringfence_msr_vmgexit(ringfence_u64 request);

/* ---- library "svsm": a monitor that serves the calls of its inner guest ---- */

/* What read_word gives where the page is not validated: #VC 0x404. */
#define RINGFENCE_SVSM_NOT_VALIDATED 0x7FFFFFFFFFFFFFFFULL

enum ringfence_svsm_register {
    RINGFENCE_SVSM_RCX,
    RINGFENCE_SVSM_RDX,
    RINGFENCE_SVSM_R8
};

/* Waits for a call; RAX: the protocol in its upper half, the call in its lower one. */
RINGFENCE_IMPORT("svsm", "await_call") ringfence_u64 ringfence_svsm_await_call(void);
RINGFENCE_IMPORT("svsm", "read_call") ringfence_u64 ringfence_svsm_read_call(int which);

/* Eight bytes of a list of requests, in memory that the inner guest writes at any time. */
RINGFENCE_IMPORT("svsm", "read_word") ringfence_u64 ringfence_svsm_read_word(ringfence_u64 gpa);

/* Writes the header of a list back: how many entries there are, and which is next; as enum ringfence_stored. */
RINGFENCE_IMPORT("svsm", "write_header") int ringfence_svsm_write_header(ringfence_u64 gpa, int entries, int next);

/* Answers the call: RAX. */
RINGFENCE_IMPORT("svsm", "answer") void ringfence_svsm_answer(ringfence_u64 rax);

/* The inner guest writes a list of entries; as enum ringfence_stored. It calls, and waits for the answer: RAX. */
RINGFENCE_IMPORT("svsm", "write_list")
int ringfence_svsm_write_list(ringfence_u64 gpa, const ringfence_u64 *entries, int count);
RINGFENCE_IMPORT("svsm", "call")
ringfence_u64 ringfence_svsm_call(int number, ringfence_u64 rcx, ringfence_u64 rdx, ringfence_u64 r8);

/* ---- library "host": a host's code, on every protection ---- */

/* Any frame of the machine, in use or not: every one is explored. Its host physical address. */
RINGFENCE_IMPORT("host", "any_frame") ringfence_u64 ringfence_any_frame(void);

/* ---- library "tdx-host": the code of a TDX host ---- */

/* What stands for the TD's root page in RDX or RCX, and for that of its vCPU n in RCX of TDH.VP.ENTER. */
#define RINGFENCE_TDR 0x100000000000ULL
#define RINGFENCE_TDVPR(n) (RINGFENCE_TDR + 0x1000ULL * ((n) + 1))

enum ringfence_tdx_exit_reason {
    RINGFENCE_TDX_EXIT_EXTERNAL_INTERRUPT = 1,
    RINGFENCE_TDX_EXIT_EPT_VIOLATION,
    RINGFENCE_TDX_EXIT_PENDING_EPT_VIOLATION,
    RINGFENCE_TDX_EXIT_SHARED_EPT_VIOLATION,
    RINGFENCE_TDX_EXIT_ACCEPT_EPT_VIOLATION,
    RINGFENCE_TDX_EXIT_ATTR_WR_EPT_VIOLATION,
    RINGFENCE_TDX_EXIT_MAP_GPA_SHARED,
    RINGFENCE_TDX_EXIT_MAP_GPA_PRIVATE,
    RINGFENCE_TDX_EXIT_MAP_GPA_EMPTY,
    RINGFENCE_TDX_EXIT_MAP_GPA_UNALIGNED,
    RINGFENCE_TDX_EXIT_MACHINE_CHECK,
    RINGFENCE_TDX_EXIT_EXTERNAL_INTERRUPT_WHEN_FATAL
};

/* Which vCPU is out and why; the page, the level that was asked for, and the 4K pages that a MapGPA is about. */
struct ringfence_tdx_exit {
    ringfence_u64 vcpu, reason, gpa, level, pages;
};

/* SEAMCALL by registers; RAX, which the registers have then too. The others stay as they are. */
RINGFENCE_IMPORT("tdx-host", "seamcall") ringfence_u64 ringfence_seamcall(struct ringfence_tdx_registers *registers);

/* TDH.VP.ENTER of a vCPU that called MapGPA, with what it gets in R10 and R11; RAX. */
RINGFENCE_IMPORT("tdx-host", "answer") ringfence_u64 ringfence_tdx_answer(int vcpu, ringfence_u64 r10, ringfence_u64 r11);

/* Waits until one of the vCPUs 0 to vcpus - 1 is out. */
RINGFENCE_IMPORT("tdx-host", "await_exit") void ringfence_tdx_await_exit(int vcpus, struct ringfence_tdx_exit *to);

/* Whether the 4K, or of size 1 the 2M, at this address back nothing. */
RINGFENCE_IMPORT("tdx-host", "is_free") int ringfence_tdx_is_free(ringfence_u64 hpa, int size);

RINGFENCE_IMPORT("tdx-host", "map_shared") void ringfence_tdx_map_shared(ringfence_u64 gpa, ringfence_u64 hpa);
RINGFENCE_IMPORT("tdx-host", "unmap_shared") void ringfence_tdx_unmap_shared(ringfence_u64 gpa);

/* Gets a vCPU out; and flushes its shared translations. */
RINGFENCE_IMPORT("tdx-host", "kick") void ringfence_tdx_kick(int vcpu);
RINGFENCE_IMPORT("tdx-host", "flush") void ringfence_tdx_flush(int vcpu);

/* ---- library "snp-host": the code of a SEV-SNP host ---- */

/* What RMPUPDATE takes, 16 bytes. */
struct ringfence_rmp_state {
    ringfence_u64 gpa;
    ringfence_u8 assigned, pagesize, immutable, reserved;
    ringfence_u32 asid;
};

enum ringfence_snp_exit_reason {
    RINGFENCE_SNP_EXIT_NOT_PRESENT_PRIVATE = 1,
    RINGFENCE_SNP_EXIT_NOT_PRESENT_SHARED,
    RINGFENCE_SNP_EXIT_RMP_PRIVATE,
    RINGFENCE_SNP_EXIT_RMP_SHARED,
    RINGFENCE_SNP_EXIT_SIZE_MISMATCH,
    RINGFENCE_SNP_EXIT_VMPL,
    RINGFENCE_SNP_EXIT_PSC_PRIVATE_4K,
    RINGFENCE_SNP_EXIT_PSC_PRIVATE_2M,
    RINGFENCE_SNP_EXIT_PSC_SHARED_4K,
    RINGFENCE_SNP_EXIT_PSC_SHARED_2M
};

struct ringfence_snp_exit {
    ringfence_u64 vcpu, reason, gpa;
};

/* How a page is backed, in nested page table and RMP. */
enum ringfence_snp_backing {
    RINGFENCE_SNP_UNMAPPED,
    RINGFENCE_SNP_SHARED,
    RINGFENCE_SNP_SHARED_2M,
    RINGFENCE_SNP_PRIVATE,
    RINGFENCE_SNP_PRIVATE_2M,
    RINGFENCE_SNP_PRIVATE_2M_MAPPED_4K,
    RINGFENCE_SNP_PRIVATE_4K_MAPPED_2M
};

/* RMPUPDATE and PSMASH; EAX. */
RINGFENCE_IMPORT("snp-host", "rmpupdate") int ringfence_rmpupdate(ringfence_u64 hpa, const struct ringfence_rmp_state *to);
RINGFENCE_IMPORT("snp-host", "psmash") int ringfence_psmash(ringfence_u64 hpa);

/* Waits until one of the vCPUs 0 to vcpus - 1 is out. */
RINGFENCE_IMPORT("snp-host", "await_exit") void ringfence_snp_await_exit(int vcpus, struct ringfence_snp_exit *to);

/* VMRUN of a vCPU that repeats what faulted, or that is answered: 0, or 1 for an error. */
RINGFENCE_IMPORT("snp-host", "vmrun") void ringfence_vmrun(int vcpu);
RINGFENCE_IMPORT("snp-host", "answer") void ringfence_snp_answer(int vcpu, int error);

/* The nested page table: sizes are 0 for 4K and 1 for 2M. */
RINGFENCE_IMPORT("snp-host", "look_up") int ringfence_snp_look_up(ringfence_u64 gpa);
RINGFENCE_IMPORT("snp-host", "frame_of") ringfence_u64 ringfence_snp_frame_of(ringfence_u64 gpa, int size);
RINGFENCE_IMPORT("snp-host", "map") int ringfence_snp_map(ringfence_u64 gpa, ringfence_u64 hpa, int size);
RINGFENCE_IMPORT("snp-host", "unmap") void ringfence_snp_unmap(ringfence_u64 gpa);
RINGFENCE_IMPORT("snp-host", "split") void ringfence_snp_split(ringfence_u64 gpa);

/* The allocator: whether the frame, or the 2M, was free and is taken; and giving it back. */
RINGFENCE_IMPORT("snp-host", "take_frame") int ringfence_take_frame(ringfence_u64 hpa, int size);
RINGFENCE_IMPORT("snp-host", "give_frame") void ringfence_give_frame(ringfence_u64 hpa, int size);

/* ---- library "cca": the code of a realm of Arm CCA ---- */

/* The registers of an SMC: X0 names the function, and has the status after it. */
struct ringfence_smc_registers {
    ringfence_u64 x0, x1, x2, x3, x4, x5, x6;
};

/* RSI_IPA_STATE_SET 0xC4000197, RSI_IPA_STATE_GET 0xC4000198, PSCI_SYSTEM_OFF 0x84000008. */
RINGFENCE_IMPORT("cca", "smc") void ringfence_rsi(struct ringfence_smc_registers *registers);

/* ---- library "cca-host": the code of its host ---- */

enum ringfence_cca_exit_reason {
    RINGFENCE_CCA_EXIT_SYNC_PROTECTED = 1,
    RINGFENCE_CCA_EXIT_SYNC_UNPROTECTED,
    RINGFENCE_CCA_EXIT_SYNC_GRANULE_PROTECTION,
    RINGFENCE_CCA_EXIT_PSCI,
    RINGFENCE_CCA_EXIT_RIPAS_CHANGE
};

/* Which REC is out and why; the page, or the first of so many that are to change, and to which RIPAS. */
struct ringfence_cca_exit {
    ringfence_u64 rec, reason, ipa, pages, ripas;
};

/* What a host has given frames for: the realm's descriptor, REC n, a page's own memory, or its unprotected alias. */
enum ringfence_cca_granule {
    RINGFENCE_CCA_RD,
    RINGFENCE_CCA_REC,
    RINGFENCE_CCA_PRIVATE,
    RINGFENCE_CCA_SHARED
};

/* RMI commands by their numbers, from 0xC4000151 on. Structures that they take lie in this memory, at their offsets. */
RINGFENCE_IMPORT("cca-host", "smc") void ringfence_rmi(struct ringfence_smc_registers *registers);

/* Waits until one of the RECs 0 to recs - 1 is out. */
RINGFENCE_IMPORT("cca-host", "await_exit") void ringfence_cca_await_exit(int recs, struct ringfence_cca_exit *to);

/* Whether a frame is the host's own and mapped nowhere. */
RINGFENCE_IMPORT("cca-host", "is_free") int ringfence_cca_is_free(ringfence_u64 hpa);

/* The host physical address of what was given for a page, or for REC n. */
RINGFENCE_IMPORT("cca-host", "granule_of") ringfence_u64 ringfence_cca_granule_of(int kind, ringfence_u64 of);

#endif
