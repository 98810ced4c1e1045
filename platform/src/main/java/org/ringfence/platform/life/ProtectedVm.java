package org.ringfence.platform.life;

import java.util.Map;
import java.util.Optional;
import org.ringfence.machine.memory.Value;
import org.ringfence.stack.guest.linux.ArchAccept;

/** A VM on its host, as far as the stages of a life need to know which protection it has. */
interface ProtectedVm {
    /** The host makes itself ready. */
    void prepare();

    /** The host builds the VM, with {@code image} pages from page {@code first} on that are measured, and starts it. */
    void launch(int first, int image);

    /** How the guest accepts memory, on the vCPU that is chosen. */
    ArchAccept arch();

    /** The guest goes on on this vCPU. */
    void choose(int vcpu);

    /** The guest writes a private page. */
    void store(int page, Value value);

    /** The guest reads a private page, and the machine judges what it reads: the code of a {@code Loaded}. */
    long load(int page);

    /** What a private read of {@code page} must give: the ordinal of a {@link Value}. */
    int owed(int page);

    /** Whether the guest has stored to the page since it was accepted. */
    boolean isLive(int page);

    /** The guest makes pages shared, and uses them; at most those of a 2M page. */
    void share(int first, int pages);

    /** The guest makes shared pages private again, and accepts them. */
    void unshare(int first, int pages);

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
