package org.ringfence.stack.host.kvm.inplace;

import java.util.Arrays;
import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.NumberedFamily;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.Table;
import org.ringfence.stack.host.kvm.fault.PrivateVm;

/**
 * A guest_memfd whose pages are private or shared each by itself, and have one copy. Userspace reaches a page that it
 * has mapped; who has pinned a page, as a device does for DMA, reaches it without any mapping.
 *
 * @param isPrivate the attribute that the file keeps
 * @param content what a page holds
 * @param mapped whether userspace has it mapped
 * @param pins references to it that are not the file's own
 */
public record InPlaceFile(Geometry geometry, Flag isPrivate, Enumerated<Content> content, Flag mapped, Bounded pins) {

    /** What a page holds. */
    public enum Content {
        ZERO,
        /** What was written while it was shared. */
        SHARED,
        /** What the guest wrote while it was private. */
        SECRET,
        /** Nothing that anyone promises. */
        UNSPECIFIED
    }

    /** Brings it; all pages are shared at first: GUEST_MEMFD_FLAG_INIT_SHARED. */
    public static final Part PART = Part.of(
            InPlaceFile.class,
            (declaration, machine, cast) -> declare(declaration, machine.part(PrivateVm.class).geometry()),
            Adversary.malicious(Principal.VMM, (machine, cast) -> families(new InPlaceOperation.Uses(machine))));

    private static InPlaceFile declare(Declaration declaration, Geometry geometry) {
        Table page = declaration.table("page in place", "number", geometry.pages());
        return new InPlaceFile(
                geometry,
                page.flag("private"),
                page.enumerated("content", Content.class),
                page.flag("mapped"),
                page.bounded("pins", 1));
    }

    /** The page's number. */
    int page(long gpa) {
        return GuestPages.page(geometry, gpa);
    }

    /** All that a VMM may do to a page. */
    private static List<Family> families(InPlaceOperation.Uses uses) {
        Geometry geometry = uses.file().geometry;
        return Arrays.stream(InPlaceOperation.Userspace.values())
                .<Family>map(use -> new NumberedFamily(
                        Principal.VMM,
                        geometry.pages(),
                        (state, page) -> uses.use(state, page, use) == 0,
                        page -> new InPlaceOperation.UseInPlace(geometry.gpa(page), use)))
                .toList();
    }
}
