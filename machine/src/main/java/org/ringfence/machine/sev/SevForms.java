package org.ringfence.machine.sev;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.CacheInstruction;
import org.ringfence.machine.memory.Evict;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.OnCache;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.sev.adversary.CiphertextNote;
import org.ringfence.machine.sev.adversary.CompareCiphertext;
import org.ringfence.machine.sev.adversary.RelocateCiphertext;
import org.ringfence.machine.sev.adversary.ReplayCiphertext;
import org.ringfence.machine.sev.adversary.SaveCiphertext;
import org.ringfence.machine.sev.firmware.Asids;
import org.ringfence.machine.sev.firmware.SevCommand.Activate;
import org.ringfence.machine.sev.firmware.SevCommand.LaunchUpdateData;
import org.ringfence.machine.sev.firmware.SevCommand.OfGuest;
import org.ringfence.machine.sev.firmware.SevCommand.OfGuest.GuestCommand;
import org.ringfence.machine.sev.firmware.SevCommand.OfPlatform;
import org.ringfence.machine.sev.firmware.SevCommand.OfPlatform.PlatformCommand;
import org.ringfence.machine.sev.firmware.SevFirmware;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.Range;

/**
 * The operations around one SEV guest as text and tables of arguments: those of its host, with the firmware's commands,
 * and of the guest with its own page table.
 */
public final class SevForms {
    /** A guest that has left for its host does nothing more until it is resumed. */
    private static final int RESUMING = 16;

    /** What stands between an ASID's first guest and its second, and what guests do between. */
    private static final int OFTEN = 8;

    /** Lines leave caches, but not so soon that nobody finds them there. */
    private static final int SELDOM = 2;

    private SevForms() {}

    /** All of them. */
    public static List<Form> all() {
        List<Form> all = new ArrayList<>(ofHost());
        all.addAll(ofFirmware());
        all.addAll(ofGuest());
        return List.copyOf(all);
    }

    /**
     * What the host's software asks of its own tables, and what the memory bus tells. Every platform with nested pages
     * has them.
     */
    public static List<Form> told() {
        return List.of(
                Form.told("await exit", AwaitExit.class, Principal.HOST),
                Form.told("backing frame", BackingFrame.class, Principal.HOST),
                Form.told("save ciphertext", SaveCiphertext.class, Principal.HOST, Principal.BUS),
                Form.told("replay ciphertext", ReplayCiphertext.class, Principal.HOST, Principal.BUS),
                Form.told("relocate ciphertext", RelocateCiphertext.class, Principal.HOST, Principal.BUS),
                Form.told("compare ciphertext", CompareCiphertext.class, Principal.HOST, Principal.BUS));
    }

    private static List<Form> ofHost() {
        return List.of(
                host("map nested page", MapNestedPage.class, Range.pages(), Range.frames(), Range.levels())
                        .times(OFTEN),
                host("unmap nested page", UnmapNestedPage.class, Range.pages()),
                host("split nested page", SplitNestedPage.class, Range.pages()),
                host("VMRUN", Vmrun.class, vcpus()).times(RESUMING),
                host("host load", HostLoad.class, Range.frames()).knownTo(Principal.BUS).times(OFTEN),
                host("host store", HostStore.class, Range.frames(), Range.of(Value.HOST), Range.levels()),
                host("save ciphertext", SaveCiphertext.class, noted(Range.frames())).knownTo(Principal.BUS)
                        .times(OFTEN),
                host("replay ciphertext", ReplayCiphertext.class).knownTo(Principal.BUS).times(OFTEN),
                host("relocate ciphertext", RelocateCiphertext.class, noted(Range.frames()))
                        .knownTo(Principal.BUS)
                        .times(OFTEN),
                host("cache instruction", OnCache.class, Range.every(CacheInstruction.class), caches())
                        .namedBy("instruction"),
                host("evict", Evict.class, Range.frames(), Range.of(0), keys()).knownTo(Principal.HARDWARE)
                        .times(SELDOM));
    }

    private static List<Form> ofFirmware() {
        return List.of(
                host("SEV platform", OfPlatform.class, platformCommands()).namedBy("kind").times(OFTEN),
                host("SEV guest", OfGuest.class, Range.every(GuestCommand.class), handles()).namedBy("kind")
                        .times(OFTEN),
                host("ACTIVATE", Activate.class, handles(), asids()).times(OFTEN),
                host(
                        "LAUNCH_UPDATE_DATA",
                        LaunchUpdateData.class,
                        handles(),
                        Range.frames(),
                        Range.of(0, 8),
                        Range.of(0x1000L, 0x10L, 0L)).times(OFTEN),
                host("WBINVD", Wbinvd.class, cores()).times(2 * SELDOM),
                host("load as a guest", LoadAsGuest.class, ownHandles(), Range.frames()).times(OFTEN));
    }

    /**
     * Secrets are stored through C-bit 1: see {@link org.ringfence.machine.vocabulary.GuestForms}; what is stored
     * through C-bit 0 is no secret.
     */
    private static List<Form> ofGuest() {
        return List.of(
                guest("set C-bit", SetCBit.class, Range.pages(), Range.either()).times(OFTEN),
                guest("INVLPG", Invlpg.class, Range.pages()).times(OFTEN),
                guest("CLFLUSH", ClflushMapped.class, Range.pages()).times(OFTEN),
                guest("load", LoadMapped.class, Range.pages()).times(OFTEN),
                guest(
                        "store",
                        StoreMapped.class,
                        Range.pages(),
                        Range.of(Value.HOST, Value.DATA, Value.NEWER)).times(OFTEN));
    }

    /** What ends every guest is rare. */
    private static Range platformCommands() {
        PlatformCommand[] commands = new PlatformCommand[2 * OFTEN];
        for (int i = 0; i < commands.length; i++) {
            commands[i] = i % 2 == 0 ? PlatformCommand.LAUNCH_START : PlatformCommand.DF_FLUSH;
        }
        commands[0] = PlatformCommand.INIT;
        commands[1] = PlatformCommand.SHUTDOWN;
        return Range.of(commands);
    }

    private static <O extends Record & Operation<?>> Form host(String name, Class<O> type, Range... ranges) {
        return Form.of(name, Principal.HOST, type, ranges);
    }

    private static <O extends Record & Operation<?>> Form guest(String name, Class<O> type, Range... ranges) {
        return Form.of(name, Principal.GUEST, type, ranges);
    }

    private static Range vcpus() {
        return machine -> numbers(0, machine.part(Sev.class).exits().vcpus() - 1);
    }

    private static Range caches() {
        return machine -> numbers(0, machine.part(Memory.class).options().caches().packages() - 1);
    }

    private static Range keys() {
        return machine -> numbers(0, machine.part(Memory.class).options().keyIds().last());
    }

    /** Those of {@code range}, where someone keeps a note. */
    private static Range noted(Range range) {
        return machine -> {
            machine.part(CiphertextNote.class);
            return range.in(machine);
        };
    }

    private static Range cores() {
        return machine -> numbers(0, machine.part(Asids.class).cores() - 1);
    }

    /** The guest's, and all others, of which one may not be there. */
    private static Range handles() {
        return machine -> numbers(1, machine.part(SevFirmware.class).guests().count());
    }

    /** All but the guest's. */
    private static Range ownHandles() {
        return machine -> numbers(Sev.HANDLE + 1, machine.part(SevFirmware.class).guests().count());
    }

    /** Every ASID, and one that is none. */
    private static Range asids() {
        return machine -> numbers(1, machine.part(Asids.class).asids() + 1);
    }

    private static List<Integer> numbers(int first, int last) {
        return IntStream.rangeClosed(first, last).boxed().toList();
    }
}
