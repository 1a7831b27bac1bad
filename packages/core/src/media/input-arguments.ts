/**
 * The containers that may be opened. What is not here is refused before its reader runs: playlists and scripts (`hls`,
 * `dash`, `concat`, `imf`, `sdp`), which would make ffmpeg read other files or contact hosts, `image2`, which expands
 * patterns in file names, generators and devices (`lavfi`, `x11grab`), and texts.
 */
const CONTAINERS = [
  // Video.
  '3dostr,4xm,amv,apng,asf,av1,avi,bink,cdxl,dirac,dnxhd,dv,dxa,ea,film_cpk,flic,flv,gif,gxf,h261,h263,h264,hevc,iv8,ivf',
  'live_flv,lxf,m4v,matroska,mov,mpeg,mpegts,mpegvideo,mtv,mv,mve,mxf,nsv,nut,nuv,obu,ogg,pva,rm,roq,rpl,smk,smush,swf',
  'thp,tmv,ty,vc1,vc1test,vivo,vmd,vvc,webm,wtv,yop,yuv4mpegpipe',
  // Sound, so that a recording without pictures is told from what is no recording.
  'aa,aac,ac3,aiff,amr,amrnb,amrwb,ape,au,caf,dsf,dts,dtshd,eac3,flac,g722,gsm,loas,mlp,mp3,mpc,mpc8,qcp,shn,sox,tak',
  'truehd,tta,voc,w64,wav,wsd,wv,xwma',
].join(',');

/** The arguments, `-i` included, with which every program here opens a file: by its name and nothing but its name. */
export function inputArguments(path: string): readonly string[] {
  return [
    ...['-protocol_whitelist', 'file'],
    ...['-format_whitelist', CONTAINERS],
    ...['-i', `file:${path}`],
  ];
}
