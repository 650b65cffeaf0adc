"""Which architectures the zoo compares where none is named: of every family the smallest."""

TIMM = """
resnet10t resnetv2_50 resnext26ts regnetx_002 regnety_002 regnetz_b16 res2net50_14w_8s resnest14d
skresnet18 selecsls42 dla46_c hrnet_w18_small ese_vovnet19b_slim_dw eca_vovnet39b dpn48b densenet121 rdnet_tiny
inception_v3 inception_v4 inception_resnet_v2 legacy_xception xception41 nasnetalarge pnasnet5large
legacy_seresnet18 seresnext26ts ecaresnet26t eca_resnext26ts gcresnext26ts lambda_resnet26t
botnet26t_256 halonet26t sebotnet33ts_256 bat_resnext26ts cspresnet50 cspdarknet53
cs3darknet_focus_s mobilenetv1_100 mobilenetv2_035 mobilenetv3_small_050 mobilenetv4_conv_small_035
mobilenetv4_hybrid_medium efficientnet_b0 efficientnet_lite0 efficientnetv2_rw_t tf_efficientnet_b0
tf_efficientnetv2_b0 tf_mobilenetv3_small_minimal_100 ghostnet_050 ghostnetv2_100 ghostnetv3_050 tinynet_e
mixnet_s fbnetc_100 fbnetv3_b lcnet_035 hardcorenas_a rexnet_100 repvgg_a0 mobileone_s0 fastvit_t8
repvit_m0_9 repghostnet_050 efficientformer_l1 efficientformerv2_s0 efficientvit_b0 efficientvit_m0
edgenext_xx_small convnext_atto convnextv2_atto convmixer_768_32 poolformer_s12 poolformerv2_s12
caformer_s18 convformer_s18 mixer_s32_224 resmlp_12_224 gmlp_ti16_224 gmixer_12_224
vit_tiny_patch16_224 vit_relpos_small_patch16_224 deit_tiny_distilled_patch16_224 deit3_small_patch16_224
beit_base_patch16_224 beitv2_base_patch16_224 eva02_tiny_patch14_224 cait_xxs24_224 crossvit_tiny_240
xcit_nano_12_p16_224 swin_tiny_patch4_window7_224 swin_s3_tiny_224 swinv2_tiny_window8_256
swinv2_cr_tiny_224 twins_pcpvt_small twins_svt_small pvt_v2_b0 pit_ti_224 levit_128s levit_conv_128s coat_tiny
coat_lite_tiny coatnet_nano_rw_224 coatnet_pico_rw_224 maxvit_pico_rw_256 maxxvit_rmlp_nano_rw_256
visformer_tiny volo_d1_224 davit_tiny focalnet_tiny_srf nest_tiny gcvit_xxtiny
mobilevit_xxs mobilevitv2_050 tiny_vit_5m_224 sequencer2d_s hiera_tiny_224 mambaout_femto
starnet_s050 inception_next_atto tresnet_m convit_tiny tnt_s_legacy_patch16_224 mvitv2_tiny
nextvit_small shvit_s1 swiftformer_xs fasternet_t0 hgnetv2_b0 vitamin_small_224 nfnet_f0
nf_regnet_b0 vovnet39a vgg11 samvit_base_patch16_224 lcnetv2_small cpubone_b0_bfrobust
lowformer_b0 csatv2 vit_tiny_r_s16_p8_224
""".split()

TORCHVISION = """
alexnet vgg11_bn resnet18 resnext50_32x4d wide_resnet50_2 squeezenet1_0 densenet121 googlenet
inception_v3 mobilenet_v2 mobilenet_v3_small mnasnet0_5 shufflenet_v2_x0_5 efficientnet_b0
efficientnet_v2_s regnet_x_400mf regnet_y_400mf convnext_tiny vit_b_32 swin_t swin_v2_t maxvit_t
fcn_resnet50 deeplabv3_mobilenet_v3_large deeplabv3_resnet50 lraspp_mobilenet_v3_large
r3d_18 mc3_18 r2plus1d_18 s3d mvit_v1_b mvit_v2_s swin3d_t
""".split()

TRANSFORMERS = """
bert distilbert roberta albert electra mobilebert deberta deberta_v2 mpnet convbert squeezebert
gpt2 opt gpt_neo llama t5_encoder xlnet fnet funnel esm clip_text clip_vision
qwen2 whisper_encoder wav2vec2 hubert ast vit dinov2 siglip_vision segformer
""".split()

LIBRARIES = {"timm": TIMM, "torchvision": TORCHVISION, "transformers": TRANSFORMERS}


def selected(names):
    """Returns the full names of what the command line names, or all where it names nothing."""
    found = []
    for name in names or LIBRARIES:
        if name in LIBRARIES:
            found += [f"{name}/{architecture}" for architecture in LIBRARIES[name]]
        elif name.partition("/")[0] in LIBRARIES and "/" in name:
            found.append(name)
        else:
            raise SystemExit(f"unknown architecture {name}, expected LIBRARY/NAME or a library of "
                             f"{', '.join(LIBRARIES)}")
    return list(dict.fromkeys(found))
