package org.ringfence.machine.tdx.adversary;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.tdx.module.ModuleOptions;
import org.ringfence.machine.tdx.module.TdmrInfo;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.module.mng.TdhMngAddcx;
import org.ringfence.machine.tdx.module.mng.TdhMngCreate;
import org.ringfence.machine.tdx.module.mng.TdhMngKeyConfig;
import org.ringfence.machine.tdx.module.mng.TdhMngKeyFreeid;
import org.ringfence.machine.tdx.module.mng.TdhMngVpflushdone;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemCacheWb;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPageReclaim;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPageWbinvd;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPamtAdd;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPamtRemove;
import org.ringfence.machine.tdx.module.sys.TdhSysConfig;
import org.ringfence.machine.tdx.module.sys.TdhSysInit;
import org.ringfence.machine.tdx.module.sys.TdhSysKeyConfig;
import org.ringfence.machine.tdx.module.sys.TdhSysLpInit;
import org.ringfence.machine.tdx.module.sys.TdhSysTdmrInit;

/**
 * What a host that is not trusted may ask of the module as a system: every call that succeeds, on every logical
 * processor.
 */
public final class SystemAdversary {
    private static final int MOST_FRAMES = 64;

    private SystemAdversary() {}

    /**
     * The families.
     *
     * @param layouts what the host may configure as TDMRs
     */
    public static List<Family> maliciousHost(Machine machine, List<List<TdmrInfo>> layouts) {
        TdxModule module = machine.part(TdxModule.class);
        int frames = module.map().geometry().frames();
        if (frames > MOST_FRAMES) {
            throw new IllegalArgumentException("a host that is not trusted has at most " + MOST_FRAMES
                    + " frames to try, not " + frames);
        }
        ModuleOptions options = module.options();
        List<Long> pages = IntStream.range(0, frames).mapToObj(module.map()::hpa).toList();
        List<Integer> keyIds =
                IntStream.rangeClosed(options.firstPrivate(), options.lastPrivate()).boxed().toList();
        List<Family> families = new ArrayList<>();
        for (int lp = 0; lp < options.packageOf().size(); lp++) {
            Actor actor = new Actor(lp, Principal.HOST, "host on CPU " + lp);
            List<List<? extends Operation<?>>> calls = new ArrayList<>();
            calls.add(List.of(new TdhSysInit(0)));
            calls.add(List.of(new TdhSysLpInit()));
            calls.add(layouts.stream()
                    .flatMap(layout -> keyIds.stream().flatMap(keyId -> configurations(options, layout, keyId)))
                    .toList());
            calls.add(List.of(new TdhSysKeyConfig()));
            calls.add(layouts.stream()
                    .flatMap(List::stream)
                    .map(TdmrInfo::base)
                    .distinct()
                    .map(TdhSysTdmrInit::new)
                    .toList());
            calls.add(pages.stream()
                    .flatMap(page -> keyIds.stream().map(keyId -> new TdhMngCreate(page, keyId)))
                    .toList());
            calls.add(pages.stream().map(TdhMngKeyConfig::new).toList());
            calls.add(pages.stream()
                    .flatMap(page -> pages.stream().map(tdr -> new TdhMngAddcx(page, tdr)))
                    .toList());
            calls.add(pages.stream().map(TdhMngVpflushdone::new).toList());
            calls.add(List.of(new TdhPhymemCacheWb(0), new TdhPhymemCacheWb(1)));
            calls.add(pages.stream().map(TdhMngKeyFreeid::new).toList());
            calls.add(pages.stream().map(TdhPhymemPageReclaim::new).toList());
            calls.add(pages.stream()
                    .flatMap(page -> keyIds.stream().map(keyId -> new TdhPhymemPageWbinvd(options.tag(page, keyId))))
                    .toList());
            if (options.version().hasDynamicPamt()) {
                List<TdhPhymemPamtRemove> removals = pages.stream().map(TdhPhymemPamtRemove::of).distinct().toList();
                calls.add(removals);
                calls.add(removals.stream()
                        .flatMap(of -> pages.stream().flatMap(first -> pages.stream()
                                .map(second -> new TdhPhymemPamtAdd(of.rcx(), first, second))))
                        .toList());
            }
            calls.stream()
                    .filter(list -> !list.isEmpty())
                    .forEach(list -> families.add(LeafFamily.of(machine, actor, list)));
        }
        return List.copyOf(families);
    }

    /** With dynamic PAMT, where the module has it, and without. */
    private static Stream<TdhSysConfig> configurations(ModuleOptions options, List<TdmrInfo> layout, int keyId) {
        TdhSysConfig config = TdhSysConfig.of(layout, keyId);
        return options.version().hasDynamicPamt() ? Stream.of(config, config.withDynamicPamt()) : Stream.of(config);
    }
}
