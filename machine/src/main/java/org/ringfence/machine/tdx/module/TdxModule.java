package org.ringfence.machine.tdx.module;

import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.Bits;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.NoReturn;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.mng.TdhMngAddcx;
import org.ringfence.machine.tdx.module.mng.TdhMngCreate;
import org.ringfence.machine.tdx.module.mng.TdhMngKeyConfig;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPamtAdd;

/**
 * The TDX module of a platform.
 *
 * <p>The mechanism: memory that TDs may have is named once, in TDMRs, and for each 4K of it the module keeps 16 bytes,
 * the PAMT, in memory that the host gives up and that only the module's own key, under the global private KeyID, makes
 * sense of. So every package must have that key before anybody writes a PAMT, and no dirty line of the host's may be
 * left in a cache that could later overwrite one. From then on no page is in two places, and a page goes back to the
 * host only after its TD's key is out of every cache and free.
 *
 * <p>Leaves are atomic, but for TDH.SYS.KEY.CONFIG where the machine has {@link ModuleFeature#LONG_KEY_CONFIG}.
 * Contents of the module's structures are views of their own; the frames they lie in are read and written as the module
 * reads and writes them ({@link SeamMemory}).
 *
 * @param system how far the module has come
 * @param packages those with the global key
 * @param initialized logical processors after TDH.SYS.LP.INIT
 * @param inKeyConfig logical processors in the midst of TDH.SYS.KEY.CONFIG
 * @param noEntropy packages that are out of entropy
 * @param interruptAfter for each package, after how many more parts of TDH.PHYMEM.CACHE.WB a host interrupt is pending;
 *     0 for none
 */
public record TdxModule(
        ModuleOptions options,
        AddressMap map,
        SeamMemory seam,
        Enumerated<SystemState> system,
        Bits packages,
        Flag initialized,
        Bounded inKeyConfig,
        Bounded noEntropy,
        Bounded interruptAfter,
        TdmrTable tdmrs,
        PageMetadata pamt,
        KeyOwnership keys,
        Tdr tdr,
        ModuleLocks locks) {

    /** Declares a module before TDH.SYS.INIT. */
    public static TdxModule declare(
            Declaration declaration, Memory memory, AddressMap map, ModuleOptions options) {
        Table module = declaration.single("TDX module");
        Enumerated<SystemState> system = module.enumerated("state", SystemState.class);
        Bounded hkid = module.bounded("global KeyID", options.lastPrivate());
        Flag disabled = module.flag("disabled");
        Bits packages = module.bits("packages with key", options.packages());
        Table lps = declaration.table("SEAM", "logical processor", options.packageOf().size());
        Flag initialized = lps.flag("initialized");
        SeamMemory seam =
                new SeamMemory(memory, hkid, disabled, lps.flag("shut down"), options.has(ModuleFeature.CACHED_STORES));
        Bounded inKeyConfig = lps.truth("in TDH.SYS.KEY.CONFIG", options.has(ModuleFeature.LONG_KEY_CONFIG));
        Table perPackage = declaration.table("package", "package", options.packages());
        Bounded noEntropy = perPackage.truth("out of entropy", options.has(ModuleFeature.ENTROPY));
        Bounded interruptAfter = perPackage.bounded("interrupt after", options.cacheParts() - 1);
        TdmrTable tdmrs = TdmrTable.declare(declaration, options);
        ModuleLocks locks = ModuleLocks.declare(declaration, options);
        return new TdxModule(
                options,
                map,
                seam,
                system,
                packages,
                initialized,
                inKeyConfig,
                noEntropy,
                interruptAfter,
                tdmrs,
                PageMetadata.declare(declaration, options, map, seam, tdmrs, locks),
                KeyOwnership.declare(declaration, options),
                Tdr.declare(declaration, options),
                locks);
    }

    // ---- how a machine may begin

    /** Makes {@code state}, which is new, the state after a bring-up of all of it with these TDMRs. */
    public void bringUp(State state, java.util.List<TdmrInfo> configured) {
        for (int lp = 0; lp < options.packageOf().size(); lp++) {
            initialized.set(state, lp, true);
        }
        seam.hkid().set(state, options.firstPrivate());
        keys.set(state, options.firstPrivate(), KeyIdState.HKID_RESERVED);
        pamt.dynamic().enable(state, options.version().hasDynamicPamt());
        tdmrs.set(state, configured);
        packages.set(state, 0, allPackages());
        system.set(state, SystemState.SYS_READY);
        for (int i = 0; i < tdmrs.count().get(state); i++) {
            long step = (long) options.entriesPerInit() * PageSize.PT_4KB.bytes();
            for (long next = tdmrs.next(state, i); next < tdmrs.end(state, i); next = tdmrs.next(state, i)) {
                pamt.initialize(state, i, next, next + step);
                tdmrs.calls().set(state, i, tdmrs.calls().get(state, i) + 1);
            }
        }
    }

    /**
     * Makes {@code state}, in which the module is ready, that after a host has created a TD: TDH.MNG.CREATE,
     * TDH.MNG.KEY.CONFIG on each package, and TDH.MNG.ADDCX as often as the TDCS needs.
     *
     * @param keyId which is free
     * @param tdcx pages of the TDCS
     * @param root the frame of the root page; the frames before it become the TDCS, and with dynamic PAMT those before
     *     these the pairs that they need
     */
    public void create(Machine machine, State state, int keyId, int tdcx, int root) {
        long address = map.hpa(root);
        int spare = root - tdcx - 1;
        for (int frame = root; frame >= root - tdcx; frame--) {
            if (pamt.dynamic().isEnabled(state) && !pamt.dynamic().has(state, frame)) {
                perform(machine, state, 0, TdhPhymemPamtAdd.of(map.hpa(frame), map.hpa(spare), map.hpa(spare - 1)));
                spare -= 2;
            }
        }
        perform(machine, state, 0, new TdhMngCreate(address, keyId));
        for (int number = 0; number < options.packages(); number++) {
            perform(machine, state, options.packageOf().indexOf(number), new TdhMngKeyConfig(address));
        }
        for (int page = 1; page <= tdcx; page++) {
            perform(machine, state, 0, new TdhMngAddcx(map.hpa(root - page), address));
        }
    }

    private static void perform(Machine machine, State state, int lp, Operation<?> call) {
        if (call.on(machine, new Actor(lp, Principal.HOST, "host")).take(state) != 0) {
            throw new IllegalArgumentException(call + " is refused");
        }
    }

    // ---- the dispatcher

    /**
     * What every SEAMCALL meets before its leaf: a logical processor that a machine check has shut down waits for ever,
     * TDX may be disabled, the module shut down or not ready. Source: TDX module 1.5.01, tdx_vmm_dispatcher.c.
     *
     * @param checksShutDown whether the leaf does not run after TDH.SYS.SHUTDOWN
     * @param checksReady whether it does not run before the module is ready
     */
    public Ending dispatch(State state, int lp, boolean checksShutDown, boolean checksReady) {
        if (seam.shutDown().get(state, lp)) {
            return NoReturn.WAITS;
        }
        if (seam.disabled().get(state)) {
            return TdxStatus.TDX_SEAMCALL_VMFAILINVALID;
        }
        SystemState now = system.get(state);
        if (checksShutDown && now == SystemState.SYS_SHUTDOWN) {
            return TdxStatus.TDX_SYS_SHUTDOWN;
        }
        return checksReady && now != SystemState.SYS_READY ? TdxStatus.TDX_SYS_NOT_READY : TdxStatus.TDX_SUCCESS;
    }

    // ---- processors

    /**
     * The logical processor from which {@code actor} calls.
     *
     * @throws IllegalArgumentException where the machine has no such logical processor
     */
    public int lp(Actor actor) {
        int lps = options.packageOf().size();
        if (actor.cpu() < 0 || actor.cpu() >= lps) {
            throw new IllegalArgumentException(
                    "%s calls from logical CPU %d, which the machine does not have; it has %d, numbered from 0"
                            .formatted(actor, actor.cpu(), lps));
        }
        return actor.cpu();
    }

    /** The package of a logical processor. */
    public int packageOf(int lp) {
        return options.packageOf().get(lp);
    }

    /** All packages of the platform. */
    public long allPackages() {
        return options.packages() == Long.SIZE ? -1L : (1L << options.packages()) - 1;
    }

    public boolean isEveryLpInitialized(State state) {
        for (int lp = 0; lp < options.packageOf().size(); lp++) {
            if (!initialized.get(state, lp)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the package of {@code lp} has random numbers. */
    public boolean hasEntropy(State state, int lp) {
        return noEntropy.get(state, packageOf(lp)) == 0;
    }

    // ---- TDs

    /** The number of the TD whose root page is in {@code frame}; {@link Tdr#NONE} where none is. */
    public int td(State state, int frame) {
        return tdr.td(state, frame, options.tds());
    }

    /** The private KeyID of TD {@code td}. */
    public int keyId(State state, int td) {
        return tdr.keyId().get(state, td);
    }

    /**
     * Makes a page a child of TD {@code td}, of {@code type}; what is no page of the TD's own is overwritten under its
     * key.
     */
    public void addChild(State state, int td, int frame, PageSize size, PageType type) {
        if (type != PageType.PT_REG) {
            seam.write(state, frame, keyId(state, td));
        }
        adopt(state, td, frame, size, type);
    }

    /** As {@link #addChild}, of a page that is overwritten already. */
    public void adopt(State state, int td, int frame, PageSize size, PageType type) {
        pamt.allocate(state, frame, size, type, tdr.frame().get(state, td));
        tdr.addChildren(state, td, span(size));
        touchRoot(state, td);
    }

    /** Makes a page of TD {@code td} free. */
    public void removeChild(State state, int td, int frame, PageSize size) {
        pamt.free(state, frame, size);
        tdr.addChildren(state, td, -span(size));
        touchRoot(state, td);
    }

    /**
     * Reads the root page of TD {@code td}; where that is a machine check, nothing else the leaf would do comes about.
     */
    public boolean readRoot(State state, int lp, int td) {
        return seam.readGlobal(state, lp, tdr.frame().get(state, td));
    }

    /** The module has read poison on a logical processor. */
    public void consumePoison(State state, int lp) {
        seam.consume(state, lp);
    }

    /** How many 4K pages a page of {@code size} has. */
    int span(PageSize size) {
        return switch (size) {
            case PT_4KB -> 1;
            case PT_2MB -> map.geometry().smallPerLarge();
            case PT_1GB -> map.geometry().smallPerLarge() * 512;
        };
    }

    /** Changes something in the root page of TD {@code td}, which lies under the global KeyID. */
    public void touchRoot(State state, int td) {
        seam.touch(state, tdr.frame().get(state, td), seam.hkid().get(state));
    }

    /** Forgets TD {@code td}, whose root page is free. */
    public void forget(State state, int td) {
        tdr.frame().set(state, td, FrameRef.NONE);
        tdr.keyId().set(state, td, 0);
        tdr.lifecycle().set(state, td, LifecycleState.TD_HKID_ASSIGNED);
        tdr.keyed().set(state, td, 0);
        tdr.children().set(state, td, 0);
        tdr.fatal().set(state, td, false);
        tdr.tdcx().set(state, td, 0);
    }

    @Override
    public String toString() {
        return "TDX module " + options.version();
    }
}
