package org.ringfence.platform.life;

import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Value;
import org.ringfence.stack.guest.linux.ArchAccept;

/** What a kernel does with its memory, as far as that depends on its protection. Pages are counted in 4K from 0 on. */
sealed interface ProtectedGuest permits SnpGuest, TdxGuest {
    /** How it accepts memory. */
    ArchAccept arch();

    /** It writes a private page. */
    void store(int page, Value value);

    /** It reads a private page. */
    Loaded load(int page);

    /** It makes pages shared, and uses them; at most those of a 2M page. */
    void share(int first, int pages);

    /** It makes shared pages private again, and accepts them. */
    void unshare(int first, int pages);
}
