package org.ringfence.platform.life;

import java.util.Map;
import java.util.Optional;

/** A VM on its host, as far as the stages of a life need to know which protection it has. */
interface ProtectedVm {
    /** The host makes itself ready. */
    void prepare();

    /** The host builds the VM, with {@code image} pages from page {@code first} on that are measured, and starts it. */
    void launch(int first, int image);

    /** What the guest's kernel does, on the vCPU that is chosen. */
    ProtectedGuest guest();

    /** The guest goes on on this vCPU. */
    void choose(int vcpu);

    /** What a private read of {@code page} must give: the ordinal of a {@link org.ringfence.machine.memory.Value}. */
    int owed(int page);

    /** The host does what it must not, to a page that is private and in use, and the guest reads the page. */
    LifeRun.Outcome misbehave(Misdeed misdeed, int page);

    /** What came of a misdeed that shows only when the pages are reclaimed. */
    default Optional<LifeRun.Outcome> found() {
        return Optional.empty();
    }

    /** Why the guest cannot run any more; empty where it can. */
    Optional<String> death();

    /** Bytes of guest memory by state. */
    Map<String, Long> pages();

    /** The host stops the VM. */
    void shutDown();

    /** The host takes every page back. */
    void reclaim();

    /** 4K frames that are not the host's again. */
    long leaked();
}
