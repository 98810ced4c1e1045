package org.ringfence.stack.host.kvm.gmem;

import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;
import org.ringfence.machine.state.Word;

/**
 * The objects of KVM's private memory and what refers to what.
 *
 * <p>A guest_memfd is a file of one VM; descriptors and mappings of userspace keep it alive, memory slots do not: when
 * the last descriptor and mapping are gone, the slots that bind it lose it and every guest mapping of them is taken
 * away. The file's pages are frames, each present or not; a page that is not present is allocated and zeroed when it is
 * first needed. Guests reach memory through their own page tables only, which KVM fills on faults: so a page that is
 * taken away without its translations is still reached, and whoever gets the frame next shares it with the guest.
 *
 * <p>What a frame holds is one small number: what a page begins with, or zero for a page of zeros. Source:
 * virt/kvm/guest_memfd.c, virt/kvm/kvm_main.c, arch/x86/kvm/mmu/mmu.c of Linux 6.18.
 *
 * @param open whether the VM's own descriptor is open
 * @param file of a descriptor, plus one; 0 for none
 * @param alive whether a file is there
 * @param owner the VM that a file belongs to
 * @param size of a file in bytes
 * @param flags of a file: {@link #MMAP}, {@link #INIT_SHARED}
 * @param page the frame of each page of each file, plus one; 0 where it is not present
 * @param used whether a frame is in use
 * @param content what a frame holds
 * @param area what userspace's anonymous pages hold
 * @param translation of each guest page: 0 for none, a frame plus one, or an anonymous page plus one behind all frames
 */
public record KvmMemory(
        KvmShape shape,
        Guards guards,
        Flag open,
        Bounded file,
        Flag alive,
        Bounded owner,
        Word size,
        Bounded flags,
        Bounded page,
        Flag used,
        Bounded content,
        Bounded area,
        Slots slots,
        Mappings mappings,
        Bounded translation,
        Flag writable) {
    /** A page's bytes. */
    public static final long PAGE = 4096;
    /** GUEST_MEMFD_FLAG_MMAP: userspace may map the file. */
    public static final int MMAP = 1;
    /** GUEST_MEMFD_FLAG_INIT_SHARED: its pages begin shared, and the host may touch them. */
    public static final int INIT_SHARED = 2;
    /** The greatest number that a page can hold. */
    public static final int MOST = 15;

    /**
     * The memory slots of all VMs, one after the other.
     *
     * @param there whether there is such a slot
     * @param readOnly KVM_MEM_READONLY
     * @param logged KVM_MEM_LOG_DIRTY_PAGES
     * @param guestMemfd KVM_MEM_GUEST_MEMFD
     * @param gfn its first guest page
     * @param pages its length
     * @param back where its userspace_addr points
     * @param only whether all accesses go to the file: it could be mapped when it was bound. It stays so when the file
     *     is gone
     * @param file that it binds, plus one; 0 where there is none, or it is gone
     * @param offset of its first page in the file
     */
    public record Slots(
            Flag there,
            Flag readOnly,
            Flag logged,
            Flag guestMemfd,
            Bounded gfn,
            Bounded pages,
            Bounded back,
            Flag only,
            Bounded file,
            Bounded offset) {}

    /**
     * What userspace has mapped.
     *
     * @param file plus one; 0 where nothing is mapped
     * @param offset of the first page in the file
     * @param pages its length
     * @param reads whether it may be read
     * @param writes whether it may be written
     * @param frame of each page of each mapping, plus one; 0 where the host has not touched it
     */
    public record Mappings(Bounded file, Bounded offset, Bounded pages, Flag reads, Flag writes, Bounded frame) {}

    /** Pages that a mapping may be long, at most. */
    static final int LONGEST = 8;

    /** Declares it. */
    public static KvmMemory declare(Declaration declaration, KvmShape shape) {
        Table vm = declaration.table("VM", "number", shape.vms());
        Table fd = declaration.table("descriptor", "number", shape.fds());
        Table file = declaration.table("guest_memfd", "number", shape.files());
        Table page = declaration.table("page of guest_memfd", "number", shape.files() * shape.filePages());
        Table frame = declaration.table("host frame", "number", shape.frames());
        Table area = declaration.table("anonymous page", "number", shape.vms() * shape.areaPages());
        Table slot = declaration.table("slot", "number", shape.vms() * shape.slots());
        Table mapping = declaration.table("mapping", "number", shape.mappings());
        Table mapped = declaration.table("page of mapping", "number", shape.mappings() * LONGEST);
        Table guest = declaration.table("guest page", "number", shape.vms() * shape.gfns());
        return new KvmMemory(
                shape,
                shape.guards(),
                vm.flag("open"),
                fd.bounded("file", shape.files()),
                file.flag("alive"),
                file.bounded("VM", shape.vms() - 1),
                file.word("size"),
                file.bounded("flags", MMAP | INIT_SHARED),
                page.bounded("frame", shape.frames()),
                frame.flag("used"),
                frame.bounded("content", MOST),
                area.bounded("content", MOST),
                new Slots(
                        slot.flag("there"),
                        slot.flag("read-only"),
                        slot.flag("logged"),
                        slot.flag("guest_memfd"),
                        slot.bounded("gfn", shape.gfns()),
                        slot.bounded("pages", shape.gfns()),
                        slot.bounded("backing", shape.areaPages() + 2),
                        slot.flag("guest_memfd only"),
                        slot.bounded("file", shape.files()),
                        slot.bounded("offset", shape.filePages())),
                new Mappings(
                        mapping.bounded("file", shape.files()),
                        mapping.bounded("offset", 2 * LONGEST),
                        mapping.bounded("pages", LONGEST),
                        mapping.flag("reads"),
                        mapping.flag("writes"),
                        mapped.bounded("frame", shape.frames())),
                guest.bounded("translation", shape.frames() + shape.vms() * shape.areaPages()),
                guest.flag("writable"));
    }

    boolean checks(KvmGuard guard) {
        return guards.checks(guard);
    }

    /** Every VM's descriptor is open; nothing else is there. */
    public void begin(State state) {
        for (int vm = 0; vm < shape.vms(); vm++) {
            open.set(state, vm, true);
        }
    }

    // ---- files

    /** A new file of {@code vm}. */
    int create(State state, int vm, long bytes, int kinds) {
        int number = 0;
        while (alive.get(state, number)) {
            number++;
        }
        alive.set(state, number, true);
        owner.set(state, number, vm);
        size.set(state, number, bytes);
        flags.set(state, number, kinds);
        return number;
    }

    /** Whether a file has this flag. */
    boolean has(State state, int number, int flag) {
        return (flags.get(state, number) & flag) != 0;
    }

    /** Whether page {@code index} begins within the file. */
    boolean isWithin(State state, int number, int index) {
        return index * PAGE < size.get(state, number);
    }

    /** The frame of a page, which is allocated and zeroed where it is not present. */
    int instantiate(State state, int number, int index) {
        int at = number * shape.filePages() + index;
        int frame = page.get(state, at) - 1;
        if (frame < 0) {
            frame = freeFrame(state);
            used.set(state, frame, true);
            if (checks(KvmGuard.ALLOCATED_PAGE_IS_ZERO)) {
                content.set(state, frame, 0);
            }
            page.set(state, at, frame + 1);
        }
        return frame;
    }

    private int freeFrame(State state) {
        int frame = 0;
        while (used.get(state, frame)) {
            frame++;
        }
        return frame;
    }

    /** Takes pages {@code first} to {@code end - 1} out of a file; their frames are free. */
    void truncate(State state, int number, int first, int end) {
        for (int index = first; index < Math.min(end, shape.filePages()); index++) {
            int at = number * shape.filePages() + index;
            int frame = page.get(state, at) - 1;
            if (frame >= 0) {
                used.set(state, frame, false);
                page.set(state, at, 0);
            }
        }
    }

    /** Punches a hole: takes the guests' and the host's translations away, and then the pages. */
    void punch(State state, int number, int first, int end) {
        if (checks(KvmGuard.PUNCH_UNMAPS_GUEST)) {
            unmapBindings(state, number, first, end);
        }
        if (checks(KvmGuard.PUNCH_UNMAPS_HOST)) {
            unmapFromHost(state, number, first, end);
        }
        truncate(state, number, first, end);
    }

    /** Lets a file go if no descriptor and no mapping refers to it: its slots lose it, and its pages are free. */
    void releaseUnlessReferenced(State state, int number) {
        for (int fd = 0; fd < shape.fds(); fd++) {
            if (file.get(state, fd) == number + 1) {
                return;
            }
        }
        for (int mapping = 0; mapping < shape.mappings(); mapping++) {
            if (mappings.file.get(state, mapping) == number + 1) {
                return;
            }
        }
        if (checks(KvmGuard.RELEASE_UNMAPS_GUEST)) {
            unmapBindings(state, number, 0, shape.filePages());
        }
        for (int slot = 0; slot < shape.vms() * shape.slots(); slot++) {
            if (slots.file.get(state, slot) == number + 1) {
                slots.file.set(state, slot, 0);
                slots.offset.set(state, slot, 0);
            }
        }
        truncate(state, number, 0, shape.filePages());
        alive.set(state, number, false);
        owner.set(state, number, 0);
        size.set(state, number, 0);
        flags.set(state, number, 0);
    }

    // ---- the host's mappings

    private void unmapFromHost(State state, int number, int first, int end) {
        for (int mapping = 0; mapping < shape.mappings(); mapping++) {
            if (mappings.file.get(state, mapping) == number + 1) {
                int offset = mappings.offset.get(state, mapping);
                for (int index = 0; index < mappings.pages.get(state, mapping); index++) {
                    if (offset + index >= first && offset + index < end) {
                        mappings.frame.set(state, mapping * LONGEST + index, 0);
                    }
                }
            }
        }
    }

    /**
     * The frame that the host reaches at a page of a mapping, where it is mapped by a fault if need be; -1 for SIGBUS.
     */
    int hostFrame(State state, int mapping, int index) {
        int at = mapping * LONGEST + index;
        int frame = mappings.frame.get(state, at) - 1;
        if (frame >= 0) {
            return frame;
        }
        int number = mappings.file.get(state, mapping) - 1;
        int wanted = mappings.offset.get(state, mapping) + index;
        if (wanted >= shape.filePages()
                || checks(KvmGuard.HOST_FAULT_IS_IN_FILE) && !isWithin(state, number, wanted)
                || checks(KvmGuard.HOST_FAULT_IS_SHARED) && !has(state, number, INIT_SHARED)) {
            return -1;
        }
        frame = instantiate(state, number, wanted);
        mappings.frame.set(state, at, frame + 1);
        return frame;
    }

    /** Takes a mapping away. */
    void unmap(State state, int mapping) {
        int number = mappings.file.get(state, mapping) - 1;
        mappings.file.set(state, mapping, 0);
        mappings.offset.set(state, mapping, 0);
        mappings.pages.set(state, mapping, 0);
        mappings.reads.set(state, mapping, false);
        mappings.writes.set(state, mapping, false);
        for (int index = 0; index < LONGEST; index++) {
            mappings.frame.set(state, mapping * LONGEST + index, 0);
        }
        releaseUnlessReferenced(state, number);
    }

    // ---- the guests' page tables

    /** Takes away the translations of guest pages {@code gfn} to {@code gfn + pages - 1}. */
    void zap(State state, int vm, int gfn, int pages) {
        for (int i = gfn; i < gfn + pages; i++) {
            translation.set(state, vm * shape.gfns() + i, 0);
            writable.set(state, vm * shape.gfns() + i, false);
        }
    }

    /** Takes away the translations of what slots bind of pages {@code first} to {@code end - 1} of a file. */
    void unmapBindings(State state, int number, int first, int end) {
        for (int slot = 0; slot < shape.vms() * shape.slots(); slot++) {
            if (slots.file.get(state, slot) == number + 1) {
                int offset = slots.offset.get(state, slot);
                int from = Math.max(first, offset);
                int to = Math.min(end, offset + slots.pages.get(state, slot));
                if (from < to) {
                    zap(state, slot / shape.slots(), slots.gfn.get(state, slot) + from - offset, to - from);
                }
            }
        }
    }

    /** The slot of {@code vm} with this guest page; -1 where there is none. */
    int slotAt(State state, int vm, int gfn) {
        for (int slot = vm * shape.slots(); slot < (vm + 1) * shape.slots(); slot++) {
            if (slots.there.get(state, slot)) {
                int first = slots.gfn.get(state, slot);
                if (gfn >= first && gfn < first + slots.pages.get(state, slot)) {
                    return slot;
                }
            }
        }
        return -1;
    }

    /** Deletes a slot. */
    void delete(State state, int slot) {
        if (checks(KvmGuard.DELETE_UNMAPS_GUEST)) {
            zap(state, slot / shape.slots(), slots.gfn.get(state, slot), slots.pages.get(state, slot));
        }
        slots.there.set(state, slot, false);
        slots.readOnly.set(state, slot, false);
        slots.logged.set(state, slot, false);
        slots.guestMemfd.set(state, slot, false);
        slots.gfn.set(state, slot, 0);
        slots.pages.set(state, slot, 0);
        slots.back.set(state, slot, 0);
        slots.only.set(state, slot, false);
        slots.file.set(state, slot, 0);
        slots.offset.set(state, slot, 0);
    }

    /** Whether guest pages {@code gfn} to {@code gfn + pages - 1} meet another slot of the VM than {@code self}. */
    boolean overlaps(State state, int vm, int self, int gfn, int pages) {
        for (int slot = vm * shape.slots(); slot < (vm + 1) * shape.slots(); slot++) {
            if (slot != self && slots.there.get(state, slot)) {
                int first = slots.gfn.get(state, slot);
                if (gfn < first + slots.pages.get(state, slot) && first < gfn + pages) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether a slot binds any of pages {@code first} to {@code first + pages - 1} of a file. */
    boolean isBound(State state, int number, int first, int pages) {
        for (int slot = 0; slot < shape.vms() * shape.slots(); slot++) {
            if (slots.file.get(state, slot) == number + 1) {
                int offset = slots.offset.get(state, slot);
                if (first < offset + slots.pages.get(state, slot) && offset < first + pages) {
                    return true;
                }
            }
        }
        return false;
    }
}
