package org.ringfence.machine.pkvm;

/** What a page is to the host, to the hypervisor or to a guest. Source: Linux, nvhe/memory.h (pkvm_page_state). */
public enum PkvmPageState {
    /** PKVM_NOPAGE: not visible. */
    NOPAGE(3),
    /** PKVM_PAGE_OWNED: its own alone. */
    OWNED(0),
    /** PKVM_PAGE_SHARED_OWNED: its own, and visible to another. */
    SHARED_OWNED(1),
    /** PKVM_PAGE_SHARED_BORROWED: another's, who shares it. */
    SHARED_BORROWED(2),
    /** PKVM_POISON, of a guest: the host has reclaimed it by force. */
    POISON(4);

    private final int number;

    PkvmPageState(int number) {
        this.number = number;
    }

    /** The number in the hypervisor's tables. */
    public int number() {
        return number;
    }
}
