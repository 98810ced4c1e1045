package org.ringfence.wasm.imports;

import static org.ringfence.wasm.imports.Signature.Type.I32;
import static org.ringfence.wasm.imports.Signature.Type.I64;

import java.util.List;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.snp.Invlpgb;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.psc.PscEntry;
import org.ringfence.machine.snp.psc.PscMsr;
import org.ringfence.machine.snp.psc.PscRequest;
import org.ringfence.machine.snp.rmp.Pvalidate;
import org.ringfence.machine.snp.rmp.PvalidateResult;
import org.ringfence.machine.snp.rmp.Rmpadjust;
import org.ringfence.machine.snp.rmp.RmpadjustResult;

/**
 * What software in an SNP guest executes: PVALIDATE, RMPADJUST, INVLPGB, and VMGEXIT with a GHCB or by the MSR
 * protocol. Source: AMD64 Architecture Programmer's Manual 3; GHCB specification 2.03.
 */
public final class SnpGuestImports {
    /** Of a PVALIDATE that changed nothing: EAX 0 with the carry flag. */
    static final int UNCHANGED = 0x100;

    private static final int GENERAL_PROTECTION = 0x200;
    private static final int PAGE_NOT_VALIDATED = 0x300;
    private static final int EXIT_CODE = 0x390;
    private static final int EXIT_INFO_2 = 0x3A0;
    private static final int VMPL = 0xFF;
    private static final int PERMISSIONS_AT = 8;
    private static final int VMSA_AT = 16;
    private static final List<Long> OK = List.of((long) PageStateChange.OK);

    /** The library. */
    public static final Library LIBRARY = new Library(
            "snp",
            "PVALIDATE, RMPADJUST, INVLPGB and VMGEXIT",
            List.of(
                    new Import(
                            "pvalidate",
                            Signature.of(I64, I32, I32).giving(I32),
                            "PVALIDATE of GPA, size and whether to validate; EAX, or enum ringfence_snp_fault",
                            SnpGuestImports::pvalidate),
                    new Import(
                            "rmpadjust",
                            Signature.of(I64, I32, I64).giving(I32),
                            "RMPADJUST of GPA, size and RDX; EAX, or enum ringfence_snp_fault",
                            SnpGuestImports::rmpadjust),
                    new Import(
                            "invlpgb",
                            Signature.of(),
                            "INVLPGB and TLBSYNC: every CPU of the guest forgets its translations",
                            call -> {
                                call.ask(new Invlpgb());
                                return Reply.NOTHING;
                            }),
                    new Import(
                            "vmgexit",
                            Signature.of(I32),
                            "VMGEXIT with the GHCB at this address: exit code 0x80000010, page state changes of the shared buffer",
                            SnpGuestImports::vmgexit),
                    new Import(
                            "msr_vmgexit",
                            Signature.of(I64).giving(I64),
                            "VMGEXIT by the GHCB MSR: request 0x014, one page state change",
                            SnpGuestImports::msr)));

    private SnpGuestImports() {}

    private static Level size(ImportCall call) {
        long size = call.argument(1);
        if (size > 1) {
            throw call.refused("gives %d for a page's size; 0 is 4K, 1 is 2M".formatted(size));
        }
        return size == 0 ? Level.SIZE_4K : Level.SIZE_2M;
    }

    private static Reply pvalidate(ImportCall call) {
        GenericImports.requirePage(call);
        PvalidateResult result =
                call.ask(new Pvalidate(call.argument(0), size(call), (call.argument(2) & 1) != 0));
        return Reply.of(switch (result) {
            case CHANGED -> 0;
            case UNCHANGED -> UNCHANGED;
            case FAIL_INPUT -> 1;
            case FAIL_SIZEMISMATCH -> 6;
            case GENERAL_PROTECTION -> GENERAL_PROTECTION;
        });
    }

    private static Reply rmpadjust(ImportCall call) {
        GenericImports.requirePage(call);
        long rdx = call.argument(2);
        RmpadjustResult result = call.ask(new Rmpadjust(
                call.argument(0),
                size(call),
                (int) rdx & VMPL,
                (int) (rdx >>> PERMISSIONS_AT) & VMPL,
                (rdx >>> VMSA_AT & 1) != 0));
        return Reply.of(switch (result) {
            case SUCCESS -> 0;
            case FAIL_INPUT -> 1;
            case FAIL_PERMISSION -> 2;
            case FAIL_SIZEMISMATCH -> 6;
            case PAGE_NOT_VALIDATED -> PAGE_NOT_VALIDATED;
        });
    }

    private static Reply vmgexit(ImportCall call) {
        long code = call.read(call.argument(0) + EXIT_CODE);
        if (code != PscEntry.EVENT) {
            throw call.refused("makes a VMGEXIT with exit code 0x%X; 0x%X alone is mapped"
                    .formatted(code, PscEntry.EVENT));
        }
        Answer answer = call.ask(new PscRequest.Call());
        return Reply.NOTHING.writing(call.argument(0) + EXIT_INFO_2, call.sample(answer, OK));
    }

    private static Reply msr(ImportCall call) {
        long request = call.argument(0);
        int operation = PscMsr.operation(request);
        if (!PscMsr.isRequest(request) || operation < 1 || operation > 2
                || call.geometry().page(PscMsr.gpa(request)) < 0) {
            throw call.refused("writes 0x%X to the GHCB MSR; a page state change of a page of the machine is mapped"
                    .formatted(request));
        }
        Answer answer = call.ask(new PageStateChange(
                PscMsr.gpa(request),
                operation == 1 ? PageStateChange.Target.PRIVATE : PageStateChange.Target.SHARED,
                Level.SIZE_4K,
                PageStateChange.Protocol.MSR));
        return Reply.of(PscMsr.response((int) call.sample(answer, OK)));
    }
}
